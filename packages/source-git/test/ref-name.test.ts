import { expect, test } from "vitest";
import { checkRef, isCommitId, isShortCommitId } from "../src/ref-name.ts";
import { findRef, nearNames, readRemoteRefs } from "../src/remote-refs.ts";

const id = (digit: string): string => digit.repeat(40);

test.each(["main", "v1.4.0", "feature/a+b@c", "refs/tags/v1", "HEAD", "0abc", "a".repeat(255)])(
  "%j is a ref",
  (ref) => {
    expect(checkRef(ref)).toBe(ref);
  },
);

test.each([
  "-x",
  "--upload-pack=touch canary",
  "a..b",
  "a b",
  "a;id",
  "a\nb",
  "a\n",
  "refs/heads/a$(id)",
  "a@{0}",
  "a//b",
  "a/.b",
  "a.",
  "a/",
  "a.lock",
  "a.lock/b",
  "",
  ".a",
  "a".repeat(256),
])("%j is none", (ref) => {
  expect(() => checkRef(ref)).toThrow(expect.objectContaining({ code: "HWS_SOURCE_REF_INVALID" }));
});

test("an annotated tag is the commit it names", () => {
  const text = `${id("a")}\trefs/heads/main\n${id("b")}\trefs/tags/v1\n${id("c")}\trefs/tags/v1^{}\n`;
  const refs = readRemoteRefs(text);
  expect(findRef(refs, "v1")).toEqual({ name: "refs/tags/v1", id: id("c") });
  expect(findRef(refs, "refs/heads/main")).toEqual({ name: "refs/heads/main", id: id("a") });
  expect(findRef(refs, "ain")).toBeUndefined();
});

test("near names are the nearest first, and a server's hostile names are not among them", () => {
  const names = ["main", "maine", "release/1.2", "ma\u001b[2Jin", "$(id)"];
  const refs = names.map((name) => ({ name: `refs/heads/${name}`, id: id("a") }));
  expect(nearNames(refs, "mai")).toEqual(["main", "maine"]);
});

test("whole and short commit ids are told apart by their length", () => {
  expect([id("a"), "a".repeat(64)].every(isCommitId)).toBe(true);
  expect(["abcdef0", "a".repeat(39), "a".repeat(63)].every(isShortCommitId)).toBe(true);
  expect(["abcdef", "ABCDEF0", id("a"), "xyz1234"].some(isShortCommitId)).toBe(false);
});
