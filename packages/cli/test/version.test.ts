import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hawser } from "./process.ts";

const source = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** Every module that is loaded with a file, without those that are loaded when they are needed. */
const loadedWith = (file: string, seen: Set<string> = new Set()): Set<string> => {
  seen.add(file);
  const imports = readFileSync(file, "utf8").matchAll(
    /^(?:import|export) (?!type\b)[^;]*?from "([^"]+)";/gms,
  );
  for (const [, specifier = ""] of imports) {
    if (!specifier.startsWith(".")) seen.add(specifier);
    else if (!seen.has(join(dirname(file), specifier))) loadedWith(join(dirname(file), specifier), seen);
  }
  return seen;
};

describe("hawser --version", () => {
  it("prints the version of the package", async () => {
    const own = JSON.parse(readFileSync(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8"));
    const { code, stdout } = await hawser(["--version"]).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${own.version}\n` });
  });

  it("loads neither the engine nor the parser of options", () => {
    expect([...loadedWith(source("main.ts"))]).toEqual([source("main.ts"), source("version.ts"), "node:fs"]);
    expect([...loadedWith(source("program.ts"))]).toContain("commander");
  });
});
