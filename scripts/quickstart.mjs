// `npm run quickstart`: a real application goes out to three local instances, twice, and back once.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
const home = join(repository, ".quickstart");
const used = ["cli", "source-git", "storage-fs", "transport-local", "inventory-static", "installer-script"];
const instances = ["web1", "web2", "web3"];
const began = Date.now();

const say = (text) => console.log(text === "" ? "" : `\x1b[1m${text}\x1b[0m`);

const run = (file, args, options = {}) => {
  const done = spawnSync(file, args, { stdio: "inherit", cwd: repository, ...options });
  if (done.status !== 0) {
    console.error(`${file} ${args.join(" ")} ended with ${done.status ?? done.signal}`);
    process.exit(1);
  }
};
const git = (...args) =>
  run("git", [
    "-C",
    join(home, "app"),
    "-c",
    "user.name=Hawser",
    "-c",
    "user.email=hawser@localhost",
    ...args,
  ]);
const hawser = (...args) =>
  run(process.execPath, [join(repository, "packages/cli/bin/hawser.js"), ...args], { cwd: home });

/** Ends the web servers of an earlier quickstart, each by its own pid. */
const stop = () => {
  if (!existsSync(join(home, "instances"))) return;
  for (const name of readdirSync(join(home, "instances"))) {
    const file = join(home, "instances", name, "shared/run/server.pid");
    if (!existsSync(file)) continue;
    try {
      process.kill(Number(readFileSync(file, "utf8")));
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
};

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const show = async (ports) => {
  for (const [index, port] of ports.entries()) {
    const page = await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text());
    console.log(`  ${instances[index]}  http://127.0.0.1:${port}/  →  ${page.trim()}`);
  }
};

stop();
if (process.argv.includes("--stop")) {
  rmSync(home, { recursive: true, force: true });
  process.exit(0);
}
if (!existsSync(join(repository, "node_modules/.package-lock.json")))
  run("npm", ["install", "--no-fund", "--no-audit", "--loglevel=error"]);
run("npx", ["--no-install", "tsc", "-b", ...used.map((name) => `packages/${name}`)]);
rmSync(home, { recursive: true, force: true });

say("1. An application in a Git repository");
cpSync(join(repository, "examples/quickstart"), join(home, "app"), { recursive: true });
git("init", "--quiet", "--initial-branch=main");
git("add", ".");
git("commit", "--quiet", "--message=Greet the world");

const ports = await Promise.all(instances.map(freePort));
for (const [index, name] of instances.entries()) {
  const shared = join(home, "instances", name, "shared/run");
  mkdirSync(shared, { recursive: true });
  writeFileSync(join(shared, "port"), String(ports[index]));
}
writeFileSync(
  join(home, "hawser.yaml"),
  `# Three instances that are folders on this machine; swap the blocks and the same application goes to a fleet.
app: hello
source:    { use: "@hawser/source-git",      with: { url: "${join(home, "app")}", ref: main } }
storage:   { use: "@hawser/storage-fs",      with: { directory: ./storage } }
transport: { use: "@hawser/transport-local" }
inventory:
  use: "@hawser/inventory-static"
  with:
    instances:
${instances.map((name) => `      - { id: ${name}, address: localhost, root: "${join(home, "instances", name)}" }`).join("\n")}
installer:
  use: "@hawser/installer-script"
  with:
    prepare:  ["sh bin/build"]            # once, on this machine
    install:  ["sh bin/warm-up"]          # on every instance, before anything is switched
    activate: ["sh bin/restart"]          # after the switch
    shared:   [run/]                      # outlives releases
    check:    { command: "sh bin/healthy", timeoutMs: 15000 }
`,
);
symlinkSync(join(repository, "node_modules"), join(home, "node_modules"));

say("\n2. The first deploy");
hawser("deploy");
await show(ports);

say("\n3. A change, and the second deploy");
const page = join(home, "app/greeting.txt");
writeFileSync(page, readFileSync(page, "utf8").replace("Hello", "Hello again"));
git("commit", "--quiet", "--all", "--message=Greet once more");
hawser("deploy");
await show(ports);

say("\n4. And back");
hawser("rollback");
await show(ports);

say(`\nDone in ${Math.round((Date.now() - began) / 1000)} s. What to try next:`);
console.log(`
  cd ${home}
  npx hawser status                 # what every instance runs
  npx hawser releases               # what is in storage
  npx hawser history                # who did what
  edit app/greeting.txt, commit, then: npx hawser plan --build && npx hawser deploy
  npx hawser deploy --allow-bad     # the release that was rolled back, once more

  npm run quickstart -- --stop      # ends the three web servers and removes ${home}
`);
