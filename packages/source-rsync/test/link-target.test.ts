import { expect, test } from "vitest";
import { linkLeaves } from "../src/link-target.ts";

const leaves = (links: Record<string, string>, path = Object.keys(links)[0] ?? "") =>
  linkLeaves(new Map(Object.entries(links)), path);

test.each([
  [{ a: "/etc/passwd" }],
  [{ a: ".." }],
  [{ a: "../../etc" }],
  [{ "d/a": "../../x" }],
  [{ a: "b", b: ".." }],
  [{ a: "b/x", b: "/etc" }],
  [{ "p/q/e": "d/../x", "p/q/d": "../../" }],
  [{ a: "x/../.." }],
])("%j leads out", (links) => {
  expect(leaves(links)).toBe(true);
});

test.each([
  [{ a: "b" }],
  [{ "d/a": "../x" }],
  [{ a: "./d/../e" }],
  [{ a: "none/at/all" }],
  [{ a: "a" }],
  [{ a: "b", b: "a" }],
  [{ "d/a": "." }],
  [{ "p/q/d": "../../" }],
])("%j stays inside", (links) => {
  expect(leaves(links)).toBe(false);
});
