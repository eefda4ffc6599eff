// `npm run quickstart`: does what docs/start/index.md says, from the application on, and shows each line as it does it.
import { spawnSync } from "node:child_process";
import {
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
const chapters = ["An application", "Deploy", "Change it", "Break it", "And back", "Look"];
const began = Date.now();

const run = (file, args, options = {}) => {
  const done = spawnSync(file, args, { stdio: "inherit", cwd: repository, ...options });
  if (done.status !== 0) {
    console.error(`${file} ${args.join(" ")} ended with ${done.status ?? done.signal}`);
    process.exit(1);
  }
};

/** Ends the web servers of an earlier quickstart, each by its own pid. */
const stop = () => {
  const instances = join(home, "hello/instances");
  if (!existsSync(instances)) return;
  for (const name of readdirSync(instances)) {
    const file = join(instances, name, "shared/run/server.pid");
    if (!existsSync(file)) continue;
    try {
      process.kill(Number(readFileSync(file, "utf8")));
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
};

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** The page's own ports where they are free, else three others in a row: the number before the first. */
const freePorts = async () => {
  for (let before = 8100; before < 9000; before += 10) {
    const free = await Promise.all([1, 2, 3].map((number) => isFree(before + number)));
    if (free.every(Boolean)) return before;
  }
  throw new Error("no three ports in a row are free between 8100 and 9000");
};

/** The commands of a chapter. */
const commandsOf = (page, chapter) =>
  page
    .split(/^## /m)
    .filter((part) => part.startsWith(`${chapter}\n`))
    .flatMap((part) => [...part.matchAll(/^```sh\n([\s\S]*?)^```$/gm)])
    .map(([, lines]) => lines)
    .join("");

stop();
rmSync(home, { recursive: true, force: true });
if (process.argv.includes("--stop")) process.exit(0);
if (!existsSync(join(repository, "node_modules/.package-lock.json")))
  run("npm", ["install", "--no-fund", "--no-audit", "--loglevel=error"]);
run("npx", ["--no-install", "tsc", "-b", ...used.map((name) => `packages/${name}`)]);

mkdirSync(home);
symlinkSync(repository, join(home, "hawser"));
const before = await freePorts();
const page = readFileSync(join(repository, "docs/start/index.md"), "utf8");
const lines = chapters.map((chapter) => `\n# ${chapter}\n${commandsOf(page, chapter)}`).join("");
writeFileSync(join(home, "page.sh"), lines.replaceAll("127.0.0.1:810", `127.0.0.1:${before / 10}`));
run("sh", ["-ev", "page.sh"], { cwd: home, env: { ...process.env, PORTS: String(before) } });

console.log(`
Done in ${Math.round((Date.now() - began) / 1000)} s. What to try next:

  cd ${join(home, "hello")}${before === 8100 ? "" : `\n  export PORTS=${before}`}
  npx hawser releases               # what is in storage
  npx hawser diff 000001 000002     # what lies between two releases
  npx hawser deploy --allow-bad     # the release that was rolled back, once more

  npm run quickstart -- --stop      # ends the three web servers and removes ${home}
`);
