import { expect, it } from "vitest";
import { exclusion } from "../../src/plugin/exclusion.ts";

const refused = (pattern: string) => new Error(`refused ${pattern}`);

it("version control's and Hawser's own folders are left out at any depth, with the patterns", () => {
  const excluded = exclusion(["*.map", "var/cache/**"], refused);
  const paths = [".git", "a/.svn", ".gitignore", "x.map", "a/x.map", "var/cache/x", "var/cache"];
  expect(paths.filter(excluded)).toEqual([".git", "a/.svn", "x.map", "var/cache/x"]);
});

it.each(["", "/a", "a//b", "./a", "../a", "a/.."])(
  "the pattern %j, which can match no path, is refused",
  (pattern) => {
    expect(() => exclusion([pattern], refused)).toThrow(`refused ${pattern}`);
  },
);
