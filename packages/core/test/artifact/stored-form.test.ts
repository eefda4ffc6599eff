import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gzipMembers } from "../../src/artifact/gzip-members.ts";
import { packTree } from "../../src/artifact/pack.ts";
import { compressArtifact, restoreArtifact } from "../../src/artifact/stored-form.ts";
import { context, folder } from "./fixtures/context.ts";
import { digestOf } from "./fixtures/manifests.ts";
import { Random } from "./fixtures/random.ts";
import { run } from "./fixtures/tree.ts";

/** An artifact of several members of the gzip stream, with its stored form. */
const stored = async (sizeBytes = 9 << 20) => {
  const base = await folder();
  const tar = Buffer.concat([Buffer.alloc(sizeBytes - 1000, "some text "), new Random(4).bytes(1000)]);
  writeFileSync(join(base, "a.tar"), tar);
  const form = await compressArtifact(
    { path: join(base, "a.tar"), output: join(base, "a.tar.gz") },
    context(),
  );
  return { base, tar, form, gz: readFileSync(join(base, "a.tar.gz")) };
};

const restore = async (base: string, bytes: Buffer, tar: Buffer, fields: object = {}) =>
  await restoreArtifact(
    {
      stream: Readable.from([bytes.subarray(0, 100), bytes.subarray(100)], { objectMode: false }),
      output: join(base, "b.tar"),
      digest: `sha256-${digestOf(tar)}`,
      limitBytes: tar.length,
      ...fields,
    },
    context(),
  );

const names = (base: string) => readdirSync(base).sort();

test("a stored form has the length and digest it says, equal bytes for equal artifacts, and restores", async () => {
  const [{ base, tar, form, gz }, again] = [await stored(), await stored()];
  expect(form).toEqual({ sizeBytes: gz.length, sha256: digestOf(gz) });
  expect(again.gz.equals(gz)).toBe(true);
  await restore(base, gz, tar);
  expect(readFileSync(join(base, "b.tar")).equals(tar)).toBe(true);
  expect(names(base)).toEqual(["a.tar", "a.tar.gz", "b.tar"]);
});

test("gzip and busybox read all members of a stored form", async () => {
  const { base, tar } = await stored();
  for (const [program, ...argv] of [["gzip"], ["busybox", "gzip"]] as const) {
    run("sh", ["-c", `exec "$@" -dc <"$0" >out`, join(base, "a.tar.gz"), program, ...argv], base);
    expect(readFileSync(join(base, "out")).equals(tar)).toBe(true);
  }
});

test("every length of input makes gzip that gives it back", async () => {
  const base = await folder();
  for (const length of [0, 1, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, 8 << 20]) {
    const input = Buffer.alloc(length, "x");
    const parts: Buffer[] = [];
    for await (const member of gzipMembers(Readable.from([input.subarray(0, 7), input.subarray(7)]), 1))
      parts.push(member);
    await restore(base, Buffer.concat(parts), input);
    expect(readFileSync(join(base, "b.tar")).equals(input)).toBe(true);
  }
});

/** A canonical tar of text files; some have other content than in the other. */
const treeTar = async (changed: ReadonlySet<number>) => {
  const base = await folder();
  const tree = join(base, "tree");
  for (let number = 0; number < 400; number++) {
    const bytes = new Random(changed.has(number) ? number + 1000 : number).bytes(20_000 + number);
    mkdirSync(tree, { recursive: true });
    writeFileSync(join(tree, `file-${number}`), bytes);
  }
  const path = join(base, "a.tar");
  await packTree({ directory: tree, output: path, created: 1 }, context());
  return path;
};

test("a few changed files change a few members, and the form is the one that is made without the list", async () => {
  const [before, after] = [await treeTar(new Set()), await treeTar(new Set([3, 250]))];
  const base = await folder();
  const members = join(base, "last.members");
  await compressArtifact({ path: before, output: join(base, "before.gz"), members }, context());
  const listed = readFileSync(members, "utf8").split("\n").slice(2, -1);
  const form = await compressArtifact({ path: after, output: join(base, "after.gz"), members }, context());
  const plain = await compressArtifact({ path: after, output: join(base, "plain.gz") }, context());
  expect(form).toEqual(plain);
  expect(readFileSync(join(base, "after.gz")).equals(readFileSync(join(base, "plain.gz")))).toBe(true);
  const digests = (lines: readonly string[]) => lines.map((line) => line.split(" ")[1]);
  const kept = digests(readFileSync(members, "utf8").split("\n").slice(2, -1)).filter((digest) =>
    digests(listed).includes(digest),
  );
  expect(listed.length).toBeGreaterThan(6);
  expect(kept.length).toBeGreaterThanOrEqual(listed.length - 2);
});

test("members that were damaged or cut off since they were listed are made again", async () => {
  const { base, tar } = await stored();
  const request = { path: join(base, "a.tar"), members: join(base, "last.members") };
  const form = await compressArtifact({ ...request, output: join(base, "one.gz") }, context());
  const bytes = readFileSync(join(base, "one.gz"));
  for (const damaged of [Buffer.alloc(bytes.length), bytes.subarray(0, 100), undefined]) {
    if (damaged === undefined) rmSync(join(base, "one.gz"));
    else writeFileSync(join(base, "one.gz"), damaged);
    expect(await compressArtifact({ ...request, output: join(base, "one.gz") }, context())).toEqual(form);
    await restore(base, readFileSync(join(base, "one.gz")), tar);
  }
});

test("another digest is refused before there is an output", async () => {
  const { base, gz, tar } = await stored(1 << 20);
  const other = gzipSync(Buffer.concat([tar.subarray(1), Buffer.from("x")]));
  await expect(restore(base, other, tar)).rejects.toMatchObject({ code: "HWS_ARTIFACT_DIGEST" });
  const digest = `sha256-${"0".repeat(64)}`;
  await expect(restore(base, gz, tar, { digest })).rejects.toMatchObject({ code: "HWS_ARTIFACT_DIGEST" });
  expect(names(base)).toEqual(["a.tar", "a.tar.gz"]);
});

test("any flipped bit is found, and leaves the output that was there", async () => {
  const { base, gz, tar } = await stored(20_000);
  writeFileSync(join(base, "b.tar"), "before");
  const random = new Random(6);
  for (let round = 0; round < 200; round += 1) {
    const flipped = Buffer.from(gz);
    const at = random.below(gz.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
    await restore(base, flipped, tar).then(
      // Bits of gzip's header that say nothing of the content, such as its time.
      () => expect(at).toBeLessThan(10),
      (error) => expect(error.code).toMatch(/^HWS_ARTIFACT_(CORRUPT|DIGEST|TOO_LARGE)$/),
    );
    if (at >= 10) expect(names(base)).toEqual(["a.tar", "a.tar.gz", "b.tar"]);
  }
});

test("a cut stream is corrupt, and more bytes than the record names are too many", async () => {
  const { base, gz, tar } = await stored(100_000);
  for (const length of [0, 5, 200, gz.length - 1]) {
    await expect(restore(base, gz.subarray(0, length), tar)).rejects.toMatchObject({
      code: expect.stringMatching(/^HWS_ARTIFACT_(CORRUPT|DIGEST)$/),
    });
  }
  await expect(restore(base, gz, tar, { limitBytes: tar.length - 1 })).rejects.toMatchObject({
    code: "HWS_ARTIFACT_TOO_LARGE",
  });
  expect(names(base)).toEqual(["a.tar", "a.tar.gz"]);
});

test("a small stream that unpacks without end is stopped at the limit", async () => {
  const { base, tar } = await stored(20_000);
  const bomb = gzipSync(Buffer.alloc(50 << 20));
  await expect(restore(base, bomb, tar)).rejects.toMatchObject({ code: "HWS_ARTIFACT_TOO_LARGE" });
  expect(names(base)).toEqual(["a.tar", "a.tar.gz"]);
});

test("the error of the stream is passed on, also one from before it is read", async () => {
  const { base, tar } = await stored(20_000);
  const stream = new Readable({ read: () => {} });
  const restored = restore(base, Buffer.alloc(0), tar, { stream });
  stream.destroy(new Error("the line is down"));
  await expect(restored).rejects.toThrow("the line is down");
  expect(names(base)).toEqual(["a.tar", "a.tar.gz"]);
});

test("an abort ends both ways at once and leaves nothing behind", async () => {
  const { base, tar, gz } = await stored();
  const abort = new AbortController();
  const progress = () => abort.abort(new Error("given up"));
  const path = join(base, "a.tar");
  await expect(
    compressArtifact({ path, output: join(base, "c.gz") }, { ...context(abort.signal), progress }),
  ).rejects.toThrow("given up");
  const silent = new Readable({ read: () => {} });
  silent.push(gz.subarray(0, 100));
  const later = new AbortController();
  setTimeout(() => later.abort(new Error("given up")), 100);
  const request = {
    stream: silent,
    output: join(base, "b.tar"),
    digest: `sha256-${digestOf(tar)}`,
    limitBytes: tar.length,
  };
  await expect(restoreArtifact(request, context(later.signal))).rejects.toThrow("given up");
  expect(silent.destroyed).toBe(true);
  expect(names(base)).toEqual(["a.tar", "a.tar.gz"]);
});

test("an artifact that is missing is the file system's own error", async () => {
  const base = await folder();
  const request = { path: join(base, "no"), output: join(base, "c.gz") };
  await expect(compressArtifact(request, context())).rejects.toMatchObject({ code: "ENOENT" });
  expect(names(base)).toEqual([]);
});
