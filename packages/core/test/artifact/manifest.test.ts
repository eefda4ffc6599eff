import { expect, test } from "vitest";
import { Manifest } from "../../src/artifact/manifest.ts";
import { digestOf, entry, randomManifest } from "./fixtures/manifests.ts";
import { Random } from "./fixtures/random.ts";

const empty = digestOf("");
const invalid = (text: string | Buffer, line?: number) =>
  expect(() => Manifest.parse(Buffer.from(text as string, "latin1")), String(text)).toThrow(
    expect.objectContaining({
      code: "HWS_ARTIFACT_MANIFEST_INVALID",
      ...(line !== undefined && { message: expect.stringContaining(`line ${line} `) }),
    }),
  );

test("a manifest's text is its entries in the order of raw names, and its digest is that of the text", () => {
  const manifest = Manifest.from([
    entry("b"),
    entry("a%20b"),
    entry("a/"),
    entry("a/x", { sizeBytes: 7, sha256: digestOf("x") }),
  ]);
  const text = `dir 0 0 - a\n644 0 5 ${empty} a%20b\n644 7 5 ${digestOf("x")} a/x\n644 0 5 ${empty} b\n`;
  expect(manifest.bytes.toString()).toBe(text);
  expect(manifest.digest).toBe(`sha256-${digestOf(text)}`);
  expect(manifest.filesBytes).toBe(7);
  expect(manifest.get("a/x")?.sizeBytes).toBe(7);
  expect(manifest.get("a/y")).toBeUndefined();
});

test("links count nothing in the bytes of all files", () => {
  expect(Manifest.from([entry("l@", { sizeBytes: 9 })]).filesBytes).toBe(0);
});

test("parsing gives back what was rendered", () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const manifest = randomManifest(new Random(seed), 60);
    const parsed = Manifest.parse(manifest.bytes);
    expect(parsed.entries).toEqual(manifest.entries);
    expect(parsed.digest).toBe(manifest.digest);
    expect(Manifest.from([...manifest.entries].reverse()).bytes.equals(manifest.bytes)).toBe(true);
  }
});

test("parsing keeps its own copy of the text", () => {
  const bytes = Buffer.from(`dir 0 0 - a\n`);
  const manifest = Manifest.parse(bytes);
  bytes.fill(0);
  expect(manifest.bytes.toString()).toBe("dir 0 0 - a\n");
});

test("an empty text is the manifest of nothing", () => {
  expect(Manifest.parse(Buffer.alloc(0)).entries).toEqual([]);
});

const lines: Readonly<Record<string, string>> = {
  "another mode": `600 0 0 ${empty} a`,
  "a padded number": `644 00 0 ${empty} a`,
  "a negative time": `644 0 -1 ${empty} a`,
  "a size above what is counted exactly": `644 9999999999999999 0 ${empty} a`,
  "a short digest": `644 0 0 ${empty.slice(1)} a`,
  "a digest in capitals": `644 0 0 ${empty.toUpperCase()} a`,
  "a file without digest": "644 0 0 - a",
  "a directory with digest": `dir 0 0 ${empty} a`,
  "a directory with size": "dir 1 0 - a",
  "a directory with time": "dir 0 1 - a",
  "a link with time": `link 1 1 ${empty} a`,
  "a link without target": `link 0 0 ${empty} a`,
  "a link with too long a target": `link 4096 0 ${empty} a`,
  "no name": `644 0 0 ${empty} `,
  "two spaces": `644 0  0 ${empty} a`,
  "a space in the name": `644 0 0 ${empty} a b`,
  "a byte that must be escaped": `644 0 0 ${empty} a\xe4`,
  "a needless escape": `644 0 0 ${empty} %61`,
  "an escape in lower case": `644 0 0 ${empty} %c3`,
  "an absolute name": `644 0 0 ${empty} /a`,
  "a name that climbs": `644 0 0 ${empty} ../a`,
  "a name with a dot": `644 0 0 ${empty} ./a`,
  "a slash at the end": "dir 0 0 - a/",
  "the byte 0x01 in a name": `644 0 0 ${empty} a%01`,
  "the byte 0x00 in a name": `644 0 0 ${empty} a%00`,
  "a name of Hawser's own": "dir 0 0 - .hawser",
  "a parent that is missing": `644 0 0 ${empty} d/a`,
  "a carriage return": `644 0 0 ${empty} a\r`,
  "an empty line": "",
};

for (const [what, line] of Object.entries(lines)) {
  test(`a line with ${what} is refused with its number`, () => {
    invalid(`dir 0 0 - !\n${line}\n`, 2);
  });
}

test("entries out of order, repeated, under a file or without a last newline are refused", () => {
  invalid(`644 0 0 ${empty} b\n644 0 0 ${empty} a\n`, 2);
  invalid(`644 0 0 ${empty} a\n644 0 0 ${empty} a\n`, 2);
  invalid(`644 0 0 ${empty} a\n644 0 0 ${empty} a/b\n`, 2);
  invalid(`link 1 0 ${empty} a\n644 0 0 ${empty} a/b\n`, 2);
  invalid(`644 0 0 ${empty} a`);
  invalid(`644 0 0 ${empty} a\n\n`, 2);
});

test("entries given by a program pass the same rules", () => {
  for (const entries of [
    [entry("a"), entry("a")],
    [entry("d/a")],
    [entry("a", { sizeBytes: 0.5 })],
    [entry("a", { mtime: -1 })],
    [entry("../a")],
  ]) {
    expect(() => Manifest.from(entries)).toThrow(
      expect.objectContaining({ code: "HWS_ARTIFACT_MANIFEST_INVALID" }),
    );
  }
});

test("a text with any byte changed is refused or another manifest, never the same", () => {
  const random = new Random(3);
  const manifest = randomManifest(random, 30);
  for (let round = 0; round < 1000; round += 1) {
    const bytes = Buffer.from(manifest.bytes);
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    try {
      const parsed = Manifest.parse(bytes);
      expect(parsed.digest).not.toBe(manifest.digest);
      expect(Manifest.from(parsed.entries).bytes.equals(bytes)).toBe(true);
    } catch (error) {
      expect(error).toMatchObject({ code: "HWS_ARTIFACT_MANIFEST_INVALID" });
    }
  }
});
