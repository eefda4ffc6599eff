import { expect, test } from "vitest";
import { applyManifestDelta, difference, manifestDelta, toSend } from "../../src/artifact/difference.ts";
import { Manifest } from "../../src/artifact/manifest.ts";
import { digestOf, entry, randomManifest } from "./fixtures/manifests.ts";
import { Random } from "./fixtures/random.ts";

const names = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name);
const content = (text: string) => ({ sha256: digestOf(text), sizeBytes: text.length });

const base = Manifest.from([
  entry("old/"),
  entry("old/f"),
  entry("gone/"),
  entry("same"),
  entry("touched"),
  entry("edited"),
  entry("mode"),
  entry("turns/"),
  entry("turns/f"),
]);
const target = Manifest.from([
  entry("old/"),
  entry("old/f"),
  entry("new/"),
  entry("new/g%0A", content("g")),
  entry("empty/"),
  entry("same"),
  entry("touched", { mtime: 6 }),
  entry("edited", content("x")),
  entry("mode", { mode: "755" }),
  entry("turns@", { sha256: digestOf("a") }),
]);

test("what is sent is new or differs in mode, size, mtime or digest; what is removed has a name the target lacks", () => {
  const { send, removed } = difference(base, target);
  expect(names(send)).toEqual(["edited", "empty", "mode", "new", "new/g%0A", "touched", "turns"]);
  expect(names(removed)).toEqual(["gone", "turns/f"]);
});

test("changes for people are by content and mode, a directory counting only where it is empty", () => {
  expect(difference(base, target).changes).toEqual([
    { path: "edited", change: "changed", sizeBytes: 1 },
    { path: "empty", change: "added", sizeBytes: 0 },
    { path: "gone", change: "removed", sizeBytes: 0 },
    { path: "mode", change: "mode", sizeBytes: 0 },
    { path: "new/g%0A", change: "added", sizeBytes: 1 },
    { path: "turns", change: "changed", sizeBytes: 1 },
    { path: "turns/f", change: "removed", sizeBytes: 0 },
  ]);
});

test("content is sent that the base has not under that name; mode and time need none", () => {
  expect(toSend(target, base)).toEqual(["edited", "new/g%0A", "turns"]);
});

test("files that the lender has under their name are not sent, links are", () => {
  const lender = Manifest.from([entry("edited", content("x")), entry("turns@", { sha256: digestOf("a") })]);
  expect(toSend(target, base, lender)).toEqual(["new/g%0A", "turns"]);
});

test("no more than 200 files are left to the lender", () => {
  const many = Manifest.from(
    Array.from({ length: 300 }, (_, number) => entry(`f${1000 + number}`, content("new"))),
  );
  expect(toSend(many, Manifest.from([]), many)).toHaveLength(100);
});

test("equal manifests have no difference and an empty delta", () => {
  expect(difference(base, base)).toEqual({ send: [], removed: [], changes: [] });
  expect(manifestDelta(base, base).length).toBe(0);
  expect(applyManifestDelta(base, Buffer.alloc(0)).digest).toBe(base.digest);
});

test("a delta is line text in the order of raw names", () => {
  const text = manifestDelta(
    Manifest.from([entry("b"), entry("c")]),
    Manifest.from([entry("a%20"), entry("c")]),
  ).toString();
  expect(text).toBe(`+ 644 0 5 ${digestOf("")} a%20\n- b\n`);
});

test("a delta applied to its base gives the target, for random pairs", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = new Random(seed);
    const [one, other] = [randomManifest(random, random.below(60)), randomManifest(random, random.below(60))];
    const entries = [
      ...one.entries.filter(({ mode }) => mode !== "dir" && random.below(3) > 0),
      ...one.entries.filter(({ mode }) => mode === "dir"),
    ];
    for (const [from, to] of [
      [one, other],
      [one, Manifest.from(entries)],
    ] as const) {
      expect(applyManifestDelta(from, manifestDelta(from, to)).bytes.equals(to.bytes)).toBe(true);
    }
  }
});

test("a delta that does not fit its base or the grammar is refused", () => {
  const line = `644 0 5 ${digestOf("")}`;
  for (const text of [
    "- nothing\n",
    `+ ${line} same\n`,
    `+ ${line} z\n+ ${line} y\n`,
    `+ ${line} z\n+ ${line} z\n`,
    "* same\n",
    "same\n",
    "- same",
    "\n",
    `+ 644 0 ${digestOf("")} z\n`,
    `+ ${line} %zz\n`,
  ]) {
    expect(() => applyManifestDelta(base, Buffer.from(text)), text).toThrow(
      expect.objectContaining({ code: "HWS_ARTIFACT_DELTA_INVALID" }),
    );
  }
});

test("a delta whose result is no sound manifest is refused", () => {
  for (const text of [
    "- old\n",
    `+ 644 0 5 ${digestOf("")} no/where\n`,
    `+ 644 0 5 ${digestOf("")} ../x\n`,
  ]) {
    expect(() => applyManifestDelta(base, Buffer.from(text)), text).toThrow(
      expect.objectContaining({ code: "HWS_ARTIFACT_MANIFEST_INVALID" }),
    );
  }
});
