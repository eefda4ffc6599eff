import { expect, test } from "vitest";
import { linkLeaves } from "../../src/artifact/link-escape.ts";

const leaves = (name: string, links: Readonly<Record<string, string>>) =>
  linkLeaves(new Map(Object.entries(links)), name);

test("a relative link inside the tree stays, dangling or not, at the top or below", () => {
  for (const target of ["x", ".", "./x", "d/../x", "d//x", "x/"])
    expect(leaves("a", { a: target }), target).toBe(false);
  expect(leaves("d/e/a", { "d/e/a": "../../x" })).toBe(false);
});

test("a link that climbs above the top leaves, even where it comes back", () => {
  for (const target of ["..", "../tree/x", "d/../../x", "/", "/tree/x"])
    expect(leaves("a", { a: target }), target).toBe(true);
  expect(leaves("d/a", { "d/a": "../.." })).toBe(true);
});

test("a link is followed through other links, as their last part or in the middle", () => {
  expect(leaves("a", { a: "b", b: ".." })).toBe(true);
  expect(leaves("a", { a: "d/up/..", "d/up": ".." })).toBe(true);
  expect(leaves("a", { a: "b/c", b: "/etc" })).toBe(true);
  expect(leaves("a", { a: "x/y/../..", x: "d/e/f" })).toBe(false);
});

test("a loop leads nowhere, and what no kernel would follow that far is refused when it takes too many steps", () => {
  expect(leaves("a", { a: "a" })).toBe(false);
  expect(leaves("a", { a: "b", b: "a" })).toBe(false);
  expect(leaves("a", { a: "x/".repeat(2000) })).toBe(true);
});

test("links that double at each step are settled quickly", () => {
  const links: Record<string, string> = {};
  for (let level = 0; level < 39; level += 1) links[`l${level}`] = `l${level + 1}/../l${level + 1}`;
  expect(typeof leaves("l0", links)).toBe("boolean");
});
