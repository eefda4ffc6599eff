import { describe, expect, it } from "vitest";
import { nameFrom, nameProblem } from "../src/package-name.ts";

describe("a package's name", () => {
  it.each(["hawser-source-foo", "@acme/hawser-lb_1.2", "a", "0"])("may be %s", (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it.each([
    "",
    ".hidden",
    "_private",
    "-option",
    "--yes",
    "~tilde",
    "Upper",
    "two words",
    "../../outside",
    "a/b",
    "@acme",
    "@acme/",
    "@acme/../x",
    "@/x",
    "a/../b",
    'quote"',
    "line\nbreak",
    "nul\0",
    "名前",
    "$(id)",
    "`id`",
    "a;b",
    "node_modules",
    "favicon.ico",
    "fs",
    "a".repeat(215),
  ])("may not be %j", (name) => {
    expect(nameProblem(name)).toMatch(/\w/);
  });

  it("is made from that of a folder", () => {
    expect(nameFrom("Hawser Source (foo)")).toBe("hawser-source-foo");
    expect(nameFrom("._x")).toBe("x");
    expect(nameFrom("名前")).toBeUndefined();
    expect(nameFrom("http")).toBeUndefined();
  });
});
