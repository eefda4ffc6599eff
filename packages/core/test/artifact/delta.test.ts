import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { layOut } from "../../src/artifact/artifact-file.ts";
import { deltaArchive } from "../../src/artifact/delta.ts";
import { packTree } from "../../src/artifact/pack.ts";
import { context, folder } from "./fixtures/context.ts";
import { Random } from "./fixtures/random.ts";
import { describeTree, dir, file, link, makeTree, type Node, randomTree, run } from "./fixtures/tree.ts";

const packed = async (nodes: Iterable<readonly [string, Node]>) => {
  const base = await folder();
  makeTree(join(base, "t"), nodes);
  const artifact = await packTree(
    { directory: join(base, "t"), output: join(base, "t.tar"), created: 77 },
    context(),
  );
  const { manifest } = artifact;
  const names = manifest.entries.filter(({ mode }) => mode !== "dir").map(({ name }) => name);
  return { base, manifest, names, artifact: artifact.path };
};

const nodes: readonly (readonly [string, Node])[] = [
  ["a", file("a")],
  ["d/run", file("run", true)],
  ["d/\xff\n", file("bytes")],
  [`${"n".repeat(150)}/x`, file("long")],
  ["l", link("d/run")],
  ["longlink", link("t".repeat(150))],
  ["fit", link("t".repeat(100))],
  ["e", dir],
];

test("a delta is the members named, with the manifest's times, as tar programs unpack it", async () => {
  const { base, manifest, artifact } = await packed(nodes);
  const names = manifest.entries
    .filter(({ name, mode }) => name !== "a" && mode !== "dir")
    .map(({ name }) => name);
  const delta = await deltaArchive({ artifact, manifest, names: [...names, "l", "e"].reverse() }, context());
  const bytes = await buffer(delta.open());
  expect(bytes.length).toBe(delta.sizeBytes);
  expect((await buffer(delta.open())).equals(bytes)).toBe(true);
  writeFileSync(join(base, "delta.tar.gz"), bytes);
  for (const [out, program, ...first] of [
    ["gnu", "tar"],
    ["busybox", "busybox", "tar"],
  ] as const) {
    await mkdir(join(base, out));
    run(program, [...first, "-xzf", join(base, "delta.tar.gz"), "-C", join(base, out)]);
    expect(describeTree(join(base, out))).toEqual(
      describeTree(join(base, "t")).filter((line) => !/^644 a /.test(line)),
    );
    expect(statSync(join(base, out, "d/run")).mtimeMs).toBe(77_000);
  }
});

test("a delta of equal artifacts and names has equal bytes", async () => {
  const [one, two] = [await packed(nodes), await packed([...nodes].reverse())];
  const all = await Promise.all(
    [one, two].map(async (each) => await buffer((await deltaArchive(each, context())).open())),
  );
  expect(all[0]?.equals(all[1] ?? Buffer.alloc(0))).toBe(true);
});

test("every member lies where the manifest says, for random trees", async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { base, artifact, manifest, names } = await packed([
      ["a", file()],
      ...randomTree(new Random(seed), 60),
    ]);
    const delta = await deltaArchive({ artifact, manifest, names }, context());
    writeFileSync(join(base, "delta.tar.gz"), await buffer(delta.open()));
    await mkdir(join(base, "out"));
    run("tar", ["-xzf", join(base, "delta.tar.gz"), "-C", join(base, "out")]);
    const files = (lines: readonly string[]) => lines.filter((line) => !line.startsWith("dir "));
    expect(files(describeTree(join(base, "out")))).toEqual(files(describeTree(join(base, "t"))));
  }
});

test("a delta of nothing is an empty archive", async () => {
  const { base, artifact, manifest } = await packed(nodes);
  const delta = await deltaArchive({ artifact, manifest, names: [] }, context());
  writeFileSync(join(base, "delta.tar.gz"), await buffer(delta.open()));
  expect(run("tar", ["-tzf", join(base, "delta.tar.gz")]).toString()).toBe("");
});

test("an artifact that is not the manifest's is corrupt, whatever byte of a member is wrong", async () => {
  const { artifact, manifest, names } = await packed([
    ["a", file("abc")],
    ["l", link("a")],
    ["m", link("t".repeat(150))],
  ]);
  const whole = readFileSync(artifact);
  for (const { name } of manifest.entries) {
    const place = layOut(manifest).get(name)!;
    const inside =
      name === "a" ? place.dataAt + 1 : name === "l" ? place.dataAt - 512 + 157 : place.headerAt + 512 + 149;
    const file = await open(artifact, "r+");
    await file.write(Buffer.from([(whole[inside] ?? 0) ^ 1]), 0, 1, inside);
    await file.close();
    const expected = { code: "HWS_ARTIFACT_CORRUPT", message: expect.stringMatching(`^${name} `) };
    await expect(deltaArchive({ artifact, manifest, names }, context())).rejects.toMatchObject(expected);
    writeFileSync(artifact, whole);
  }
  truncateSync(artifact, 700);
  await expect(deltaArchive({ artifact, manifest, names }, context())).rejects.toMatchObject({
    code: "HWS_ARTIFACT_CORRUPT",
  });
});

test("a name that the manifest lacks is refused", async () => {
  const { artifact, manifest } = await packed(nodes);
  await expect(deltaArchive({ artifact, manifest, names: ["no"] }, context())).rejects.toMatchObject({
    code: "HWS_ARTIFACT_CORRUPT",
  });
});

const spools = (directory: string) =>
  readdirSync(directory).filter((name) => name.startsWith("hawser-spool-"));

test("a large delta lies in a file until it is disposed, and an abort leaves none", async () => {
  const { base, artifact, manifest, names } = await packed([
    ["big", file(new Random(9).bytes(24 << 20))],
    ["z", file("z")],
  ]);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = base;
  try {
    const delta = await deltaArchive({ artifact, manifest, names }, context());
    expect(spools(base).length).toBe(1);
    expect((await buffer(delta.open())).length).toBe(delta.sizeBytes);
    expect((await buffer(delta.open())).length).toBe(delta.sizeBytes);
    await delta[Symbol.asyncDispose]();
    await delta[Symbol.asyncDispose]();
    expect(spools(base)).toEqual([]);

    const abort = new AbortController();
    const made = deltaArchive({ artifact, manifest, names }, context(abort.signal));
    const timer = setInterval(() => spools(base).length > 0 && abort.abort(new Error("given up")), 1);
    await expect(made).rejects.toThrow("given up");
    clearInterval(timer);
    expect(spools(base)).toEqual([]);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});
