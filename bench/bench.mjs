// `npm run bench`: Hawser beside its peers, on the same instances in the same run. See bench/README.md.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare } from "./comparison.mjs";
import { startServers } from "./fleet.mjs";
import { countCpu, stopCountingCpu } from "./meter.mjs";
import { ansible } from "./peers/ansible.mjs";
import { capistrano } from "./peers/capistrano.mjs";
import { hawser } from "./peers/hawser.mjs";
import { rsync } from "./peers/rsync.mjs";
import { isAvailable } from "./programs.mjs";
import { readSettings } from "./settings.mjs";
import { table } from "./table.mjs";
import { makeApplication } from "./tree.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));
const settings = readSettings(process.argv.slice(2));
const all = { hawser, rsync, ansible, capistrano };
const began = Date.now();
const say = (text) =>
  console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${text}`);

const peers = settings.peers
  .map((name) => all[name])
  .filter((peer) => {
    if (isAvailable(peer)) return true;
    say(`${peer.name} is left out: ${peer.programs.join(", ")} is not installed and cannot be`);
    return false;
  });

const report = ({ measured, versions }) => {
  const { files, bytes, instances, rounds, firsts } = settings;
  const compressedBytes = versions.slice(1).map((version) => version.compressedBytes);
  const facts = {
    date: new Date().toISOString(),
    machine: { cpus: availableParallelism(), platform: process.platform, node: process.version },
    settings: { files, bytes, instances, rounds, firsts, keep: settings.keep },
    compressedPatchBytes: compressedBytes,
    measured,
  };
  const weight = compressedBytes.reduce((a, b) => a + b, 0) / compressedBytes.length / 1e6;
  const markdown = [
    `${files} files, ${(bytes / 1e6).toFixed(0)} MB, ${instances} instances, ${availableParallelism()} CPUs; medians of ${rounds} rounds (first deploy: ${firsts}).`,
    `A patch changes 5 files: ${weight.toFixed(3)} MB compressed, ${(weight * instances).toFixed(2)} MB for all instances.`,
    "",
    table(measured, [...new Set(peers.map(({ name }) => name))]),
    "",
  ].join("\n");
  console.log(`\n${markdown}`);
  // A small run is a look, and says nothing that is worth keeping unless asked to.
  if (settings.small && settings.results === undefined) return;
  const folder = settings.results ?? join(repository, "bench/results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "last.json"), `${JSON.stringify(facts, null, 2)}\n`);
  writeFileSync(join(folder, "last.md"), markdown);
};

const built = spawnSync("npx", ["--no-install", "tsc", "-b", "packages/testkit", "packages/cli"], {
  cwd: repository,
  stdio: "inherit",
});
if (built.status !== 0) process.exit(1);
const base = mkdtempSync(join(tmpdir(), "hawser-bench-"));
const counted = countCpu();
try {
  say(`making ${settings.files} files, and ${settings.instances} instances with an sshd each`);
  const application = await makeApplication(base, settings);
  const servers = await startServers(settings.instances, base);
  try {
    report(await compare({ base, counted, settings, peers, application, servers, say }));
  } finally {
    await servers.end();
  }
} finally {
  if (settings.keepFolder) say(`what was made stays in ${base}`);
  else rmSync(base, { recursive: true, force: true });
  if (counted) stopCountingCpu();
}
