// What each stored form costs: to make it whole, to make it again after a patch of five files, and to open it.
// `node bench/forms.mjs FOLDER` takes the files of a folder; the packages must be built (`npm run build`).
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  createReadStream,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { packTree } from "../packages/core/dist/artifact/pack.js";
import { writeWhole } from "../packages/core/dist/artifact/part-file.js";
import { compressArtifact } from "../packages/core/dist/artifact/stored-form.js";
import { zstdFile } from "../packages/core/dist/artifact/zstd-command.js";
import { Sealing } from "../packages/core/dist/sealing/sealing.js";

const rounds = 3;
const [source] = process.argv.slice(2);
if (source === undefined) throw new Error("usage: node bench/forms.mjs FOLDER");
const context = {
  signal: new AbortController().signal,
  progress: () => {},
  logger: { debug: () => {}, info: () => {}, warn: () => {} },
};
const base = mkdtempSync(join(tmpdir(), "hawser-forms-"));
process.on("exit", () => rmSync(base, { recursive: true, force: true }));
const at = (name) => join(base, name);

/** Processor time of this process and of the children that it waited for, in ms. */
const cpu = () => {
  const fields = execFileSync("cat", [`/proc/${process.pid}/stat`], { encoding: "latin1" })
    .split(") ")[1]
    .split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
};
const least = async (work) => {
  const taken = [];
  for (let round = 0; round < rounds; round++) {
    const [before, began] = [cpu(), performance.now()];
    await work(round);
    taken.push({ cpu: cpu() - before, wall: Math.round(performance.now() - began) });
  }
  return taken.reduce((best, one) => (one.cpu < best.cpu ? one : best));
};
const row = (what, { cpu, wall }, bytes) =>
  console.log(`| ${what} | ${cpu} | ${wall} | ${bytes === undefined ? "" : (bytes / 1e6).toFixed(2)} |`);

const pack = (directory, name) => packTree({ directory, output: at(name), created: 1 }, context);
cpSync(resolve(source), at("tree"), { recursive: true, verbatimSymlinks: true });
const before = await pack(at("tree"), "before.tar");
const files = readdirSync(at("tree"), { recursive: true, withFileTypes: true }).filter((entry) =>
  entry.isFile(),
);
for (let n = 1; n <= 5; n++) {
  const { parentPath, name } = files[Math.floor((files.length * n) / 6)];
  appendFileSync(join(parentPath, name), "\n// patched\n");
}
await pack(at("tree"), "after.tar");
console.log(`${before.manifest.entries.length} entries, ${(before.sizeBytes / 1e6).toFixed(1)} MB as tar\n`);
console.log("| | processor, ms | clock, ms | MB |\n| --- | --- | --- | --- |");

const size = (name) => statSync(at(name)).size;
row(
  "gzip, made whole",
  await least(() => compressArtifact({ path: at("before.tar"), output: at("before.gz") }, context)),
  size("before.gz"),
);
const kept = async () => {
  await compressArtifact(
    { path: at("before.tar"), output: at("before.gz"), members: at("last.members") },
    context,
  );
};
const patched = [];
for (let round = 0; round < rounds; round++) {
  await kept();
  patched.push(
    await (async () => {
      const [c, t] = [cpu(), performance.now()];
      await compressArtifact(
        { path: at("after.tar"), output: at("after.gz"), members: at("last.members") },
        context,
      );
      return { cpu: cpu() - c, wall: Math.round(performance.now() - t) };
    })(),
  );
}
row(
  "gzip, five files changed",
  patched.reduce((best, one) => (one.cpu < best.cpu ? one : best)),
  size("after.gz"),
);
row(
  "zstd -3, made whole",
  await least(() => zstdFile(at("after.tar"), at("after.zst"), context.signal)),
  size("after.zst"),
);
execFileSync("age-keygen", ["-o", at("identity")], { stdio: "ignore" });
const recipient = execFileSync("age-keygen", ["-y", at("identity")], { encoding: "utf8" }).trim();
const sealing = new Sealing({ recipients: [recipient] });
const seal = () =>
  writeWhole(at("after.gz.age"), async (file) => {
    for await (const chunk of sealing.seal(createReadStream(at("after.gz"), { highWaterMark: 1 << 20 })))
      await file.writeFile(chunk);
  });
row("sealing the gzip", await least(seal), size("after.gz.age"));

const open = (command) => least(() => execFileSync("sh", ["-c", `${command} >/dev/null`], { cwd: base }));
row("gunzip", await open("gzip -dc after.gz"));
row("busybox gunzip", await open("busybox gzip -dc after.gz"));
row("unzstd", await open("zstd -dcq after.zst"));
row("age, gunzip", await open("age -d -i identity after.gz.age | gzip -dc"));
