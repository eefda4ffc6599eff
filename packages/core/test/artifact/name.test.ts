import { expect, test } from "vitest";
import { decodeName, displayName, encodeName, nameProblem, sortKey } from "../../src/artifact/name.ts";
import { Random } from "./fixtures/random.ts";

test("encoding escapes every byte outside ! to ~, and the percent sign", () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const name = encodeName(all);
  expect(name).toMatch(/^[!-~]+$/);
  expect(name).toContain("%00%01");
  expect(name).toContain("%20!\"#$%25&'()*+,-./0");
  expect(name).toContain("~%7F%80");
  expect(decodeName(name).equals(all)).toBe(true);
});

test("decoding gives back the bytes of any name, and there is one form for each", () => {
  const random = new Random(11);
  for (let round = 0; round < 2000; round += 1) {
    const bytes = random.bytes(random.below(40));
    expect(decodeName(encodeName(bytes)).equals(bytes)).toBe(true);
  }
  for (const other of ["a b", "%2f", "%2F", "%41", "%", "%4", "%GG", "ä", "%c3%a4", "a\n"]) {
    expect(() => decodeName(other)).toThrow(expect.objectContaining({ code: "HWS_ARTIFACT_NAME_INVALID" }));
  }
});

test("the sort key orders encoded names as their bytes are ordered", () => {
  const names = ["%FF", "a", "%20", "!", "a%25b", "a$b", "%0A"].sort((a, b) =>
    sortKey(a) < sortKey(b) ? -1 : 1,
  );
  expect(names).toEqual(["%0A", "%20", "!", "a", "a$b", "a%25b", "%FF"]);
});

test("a name that leaves the tree or cannot be on a line has a problem", () => {
  const bad = [
    "",
    "/a",
    "a/",
    "a//b",
    ".",
    "./a",
    "a/..",
    "../a",
    "a\0",
    "a\x01b",
    "p".repeat(256),
    "p/".repeat(1600),
  ];
  for (const name of bad) expect(nameProblem(name), name).toBeTypeOf("string");
  for (const name of ["a", "...", "..a", "-rf", "a\nb", "\xff", " ", "p".repeat(255)]) {
    expect(nameProblem(name), name).toBeUndefined();
  }
});

test("a person reads UTF-8 as it is, and escapes for what a terminal would act on or could not show", () => {
  expect(displayName(encodeName(Buffer.from("größe 100%.txt")))).toBe("größe 100%.txt");
  for (const bytes of [
    Buffer.from("a\x1b[31m"),
    Buffer.from("a\nb"),
    Buffer.from([0x61, 0xff]),
    Buffer.from("a\u202eb"),
  ]) {
    expect(displayName(encodeName(bytes))).toBe(encodeName(bytes));
  }
});
