// `npm run acceptance`: every promise of test/shows at full scale, then the bench; the log is kept in docs/.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { cpus, totalmem } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { deploySuite, otherStorages } from "./deploy-suite.mjs";
import { install, originOf } from "./requirements.mjs";

const log = createWriteStream("docs/acceptance.log");
const here = process.cwd();

/** Shows a line and keeps it, without colours and without this machine's paths. */
const say = (line) => {
  console.log(line);
  log.write(`${stripVTControlCharacters(line).replaceAll(here, ".").trimEnd()}\n`);
};

const run = (title, file, args, env = {}) =>
  new Promise((resolve) => {
    say(`\n## ${title}\n$ ${[file, ...args].join(" ")}`);
    const began = Date.now();
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream.setEncoding("utf8").on("data", (text) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) say(line);
      });
      stream.on("end", () => rest !== "" && say(rest));
    }
    child.on("close", (code) => {
      say(`-> exit ${code} after ${Math.round((Date.now() - began) / 1000)} s`);
      resolve(code === 0);
    });
  });

const missing = install();
for (const requirement of missing) say(`${requirement.program} is missing (${originOf(requirement)})`);
if (missing.length > 0) process.exit(1);

say(`# Acceptance, ${new Date().toISOString().slice(0, 10)}`);
say(
  `Node ${process.version}, ${cpus().length} processors (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
const built = await run("Build", "npx", ["--no-install", "tsc", "-b"]);
// Shows wait more than they compute: three at once take hardly longer than one, and each has neighbours as real fleets have.
const shows = ["--no-install", "vitest", "run", "--project", "shows", "--reporter=verbose", "--maxWorkers=3"];
let kept = built && (await run("The promises, at full scale", "npx", shows, { HAWSER_SCALE: "whole" }));
const shapes = [
  "--no-install",
  "vitest",
  "run",
  "--project",
  "integration",
  "packages/lb-haproxy/test/contract",
  "packages/lb-aws/test/contract",
];
const title = "The contract of load balancers, in every shape";
kept = built && (await run(title, "npx", shapes, { HAWSER_SCALE: "whole" })) && kept;
for (const storage of otherStorages) {
  const title = `The deploy suite, unchanged, on storage-${storage}`;
  kept = built && (await run(title, "npx", [...shows, ...deploySuite], { HAWSER_STORAGE: storage })) && kept;
}
const measured = built && (await run("The bench", process.execPath, ["bench/bench.mjs"]));
say(`\n${kept && measured ? "all kept" : "NOT all kept"}`);
await new Promise((resolve) => log.end(resolve));
process.exit(kept && measured ? 0 : 1);
