import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import storageFs from "@hawser/storage-fs";
import type { MemoryInstaller } from "@hawser/testkit";
import { expect, it, onTestFinished } from "vitest";
import { makeKey, principal } from "../signing/keys.ts";
import { ending, given, openProject } from "./fixtures/project.ts";

/** A project with two releases on a real storage in a folder, signed. */
const stored = async (plan: ConstructorParameters<typeof MemoryInstaller>[0] = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "hawser-fsck-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const directory = join(folder, "storage");
  const key = makeKey();
  writeFileSync(join(folder, "signers"), key.line);
  const signing = { key: key.path, allowedSigners: join(folder, "signers"), principal };
  const storage = given("storage", await storageFs.create({ directory }, undefined as never));
  const project = await openProject({ instances: 1, plan, config: { storage, signing } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two", "lib/x": "x" });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  /** The first file below a folder of the application. */
  const file = (below: string, fits = /./): string =>
    readdirSync(join(directory, "shop", below), { recursive: true, encoding: "utf8" })
      .map((name) => join(directory, "shop", below, name))
      .sort()
      .find((path) => fits.test(path) && statSync(path).isFile()) ?? "";
  return { project, file, keyOf: (path: string) => path.slice(directory.length + 1) };
};

it("finds nothing wrong with what deploys have stored, and changes nothing", async () => {
  const { project } = await stored();
  const { objects, bytes, problems } = await project.engine.fsck();
  expect(problems).toEqual([]);
  expect(objects).toBeGreaterThan(15);
  expect(bytes).toBeGreaterThan(1000);
});

it.each([
  ["a release record", "releases", /record/, "damaged", "HWS_SIGNATURE_WRONG"],
  ["a manifest", "manifests", /./, "damaged", "HWS_STATE_ARTIFACT_DIFFERS"],
  ["a form's record", "artifacts", /forms/, "damaged", "HWS_SIGNATURE_WRONG"],
  ["an artifact's bytes", "artifacts", /bytes/, "damaged", "HWS_STATE_ARTIFACT_DIFFERS"],
  ["an install plan", "plans", /[0-9a-f]$/, "damaged", "HWS_STATE_ARTIFACT_DIFFERS"],
  ["the proof of a plan", "plans", /signed$/, "damaged", "HWS_SIGNATURE_WRONG"],
  ["the desired state", "top/desired/..", /desired$/, "damaged", "HWS_SIGNATURE_WRONG"],
  ["a mark", "top/marks", /./, "damaged", "HWS_STATE_CORRUPT"],
  ["a journal entry", "top/runs", /journal/, "damaged", "HWS_STATE_CORRUPT"],
] as const)("names %s that is damaged", async (_, below, fits, state, code) => {
  const { project, file, keyOf } = await stored();
  const path = below === "top/desired/.." ? file("top", fits) : file(below, fits);
  const bytes = readFileSync(path);
  bytes[Math.min(20, bytes.length >> 1)]! ^= code === "HWS_STATE_CORRUPT" ? 0x80 : 1;
  writeFileSync(path, bytes);
  const { problems } = await project.engine.fsck();
  const where = keyOf(path).replace(/\.signed$/, "");
  expect(problems).toContainEqual(
    expect.objectContaining({ where, state, code, severity: "error", hint: expect.any(String) }),
  );
});

it.each([
  ["a manifest", "manifests", /./],
  ["an artifact's bytes", "artifacts", /bytes/],
  ["an install plan", "plans", /[0-9a-f]$/],
  ["a release that is desired", "releases/000002", /record/],
] as const)("names %s that is missing, and what names it", async (_, below, fits) => {
  const { project, file, keyOf } = await stored();
  const path = file(below, fits);
  rmSync(path);
  const { problems } = await project.engine.fsck();
  expect(problems).toContainEqual(
    expect.objectContaining({ where: keyOf(path), state: "missing", code: "HWS_STATE_NAMED_MISSING" }),
  );
});

it("names a release whose signature was taken away, and contents that nothing needs", async () => {
  const { project, file, keyOf } = await stored();
  const record = file("releases", /record/);
  const text = readFileSync(record, "latin1");
  writeFileSync(record, text.slice(0, text.indexOf("-----BEGIN")));
  const spare = join(file("manifests"), "..", "a".repeat(64));
  writeFileSync(spare, "");
  const { problems } = await project.engine.fsck();
  expect(problems).toContainEqual(expect.objectContaining({ where: keyOf(record), state: "unsigned" }));
  const other = join(
    file("manifests"),
    "..",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  writeFileSync(other, "");
  expect((await project.engine.fsck()).problems).toContainEqual(
    expect.objectContaining({ where: keyOf(other), state: "unreferenced", severity: "warning" }),
  );
});

/** A project whose people pinned a release, held deploys and let them go. */
const spoken = async () => {
  const found = await stored();
  await found.project.engine.pin({ release: "000001", reason: "the audit" });
  await found.project.engine.hold({ reason: "Black Friday", until: Date.now() + 3_600_000 });
  expect((await found.project.engine.fsck()).problems).toEqual([]);
  return found;
};

type Words = Readonly<Record<string, unknown>>;
const future = Date.now() + 3 * 86_400_000;

it.each<readonly [string, string, RegExp, Words, RegExp]>([
  ["a pin made before there was Hawser", "pins", /./, { since: 1000 }, /pinned before 2020/],
  ["a pin made in the future", "pins", /./, { since: future }, /pinned in the future/],
  ["a pin by nobody", "pins", /./, { who: { user: 5, host: "x" } }, /user that does not fit/],
  ["a pin for a reason of two lines", "pins", /./, { why: "a\nb" }, /why that does not fit/],
  ["a note with another moment in its name", "notes", /./, { time: Date.now() - 1000 }, /another moment/],
  ["a note of an unknown verb", "notes", /./, { verb: "delete" }, /unknown verb/],
  ["a note of what belongs to an environment", "notes", /./, { verb: "hold" }, /in the wrong place/],
  ["a note of a pin without a release", "notes", /./, { release: null }, /names no release/],
  ["a note of a pin with an origin", "notes", /./, { origin: "staging" }, /origin that does not fit/],
  ["a hold that ends before it begins", "top", /hold$/, { until: 1 }, /ends before it begins/],
  ["a hold in no state", "top", /hold$/, { state: "maybe" }, /unknown state/],
  ["a hold without a reason", "top", /hold$/, { why: undefined }, /why that does not fit/],
  ["a note of a hold with a release", "top/notes", /./, { release: "000001" }, /names a release/],
  ["a note of a hold without a reason", "top/notes", /./, { why: null }, /does not say why/],
])("names %s", async (_, below, fits, changes, says) => {
  const { project, file, keyOf } = await spoken();
  const path = file(below, fits);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
  const { problems } = await project.engine.fsck();
  const message = expect.stringMatching(says);
  expect(problems).toMatchObject([
    { where: keyOf(path), state: "damaged", code: "HWS_STATE_CORRUPT", message },
  ]);
});

it.each<readonly [string, string, Words, RegExp]>([
  ["a drain of another instance than its name says", "top/drains", { instance: "web9" }, /another instance/],
  ["a drain made before there was Hawser", "top/drains", { since: 1000 }, /drained before 2020/],
  ["a drain without a reason", "top/drains", { why: "" }, /why that does not fit/],
  ["a note of a drain without instances", "top/notes", { instances: null }, /instances that do not fit/],
  ["a note of a drain with a command", "top/notes", { command: "ls" }, /does not fit drain/],
])("names %s", async (_, below, changes, says) => {
  const { project, file, keyOf } = await stored();
  await project.engine.drain({ instances: ["web1"], reason: "a noisy disk", force: true }).result;
  expect((await project.engine.fsck()).problems).toEqual([]);
  const path = file(below);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
  const message = expect.stringMatching(says);
  expect((await project.engine.fsck()).problems).toMatchObject([
    { where: keyOf(path), state: "damaged", message },
  ]);
});

const nothing = { name: "nothing", run: "true", timeoutMs: 10_000 };

it.each<readonly [string, string, RegExp, Words, RegExp]>([
  ["maintenance in no state", "top", /maintenance$/, { state: "maybe" }, /unknown state/],
  [
    "maintenance from before there was Hawser",
    "top",
    /maintenance$/,
    { since: 1000 },
    /turned on before 2020/,
  ],
  ["maintenance of no run's name", "top", /maintenance$/, { run: "../x" }, /run that does not fit/],
  ["a note of maintenance without a reason", "top/notes", /./, { why: null }, /does not say why/],
  ["a note of maintenance without its output", "top/notes", /./, { log: null }, /log that does not fit/],
])("names %s", async (_, below, fits, changes, says) => {
  const { project, file, keyOf } = await stored({
    maintenance: { on: [nothing], off: [nothing] },
  });
  await project.engine.maintenance({ state: "on", reason: "a new index" }).result;
  expect((await project.engine.fsck()).problems).toEqual([]);
  const path = file(below, fits);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
  const message = expect.stringMatching(says);
  expect((await project.engine.fsck()).problems).toMatchObject([
    { where: keyOf(path), state: "damaged", message },
  ]);
});

it("names a pin whose release is not there, and one that no release could have", async () => {
  const { project, file, keyOf } = await spoken();
  const pin = file("pins");
  for (const name of ["000009", "latest"]) writeFileSync(join(pin, "..", name), readFileSync(pin));
  const { problems } = await project.engine.fsck();
  const named = expect.stringContaining("shop/pins/000009 names it");
  expect(problems).toMatchObject([
    { where: keyOf(join(pin, "..", "latest")), state: "damaged" },
    { where: "shop/releases/000009/record", state: "missing", message: named },
  ]);
});
