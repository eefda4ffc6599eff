import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Documented, readCatalogues } from "./catalogues.ts";

const root = join(import.meta.dirname, "../..");

const page = (codes: readonly Documented[]): string => {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const rows = codes.map(
    ({ code, package: name, message, hint, retryable }) =>
      `| \`${code}\` | ${name} | ${cell(message)} | ${cell(hint)} | ${retryable ? "yes" : ""} |`,
  );
  return [
    "# Errors",
    "",
    "Made from the catalogues in the sources; words in ‹› stand for values. A retryable failure may pass by itself, and",
    "the engine has tried again before it says so.",
    "",
    "| code | package | what happened | what to do | retryable |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
};

const sourceFiles = (): string[] =>
  readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })
    .filter((file) => /^[^/]+\/(src|host)\/.*\.(ts|sh)$/.test(file))
    .map((file) => join(root, "packages", file));

describe("error codes", () => {
  it("are all on the page of errors, and the page has no other", async () => {
    await expect(page(await readCatalogues())).toMatchFileSnapshot(join(root, "docs/reference/errors.md"));
  });

  it("are declared in one catalogue each, but for those of a contract, which every provider words for itself", async () => {
    const codes = (await readCatalogues()).map(({ code }) => code);
    const contracts = readdirSync(join(root, "packages/core/src/contracts"))
      .map((file) => readFileSync(join(root, "packages/core/src/contracts", file), "utf8"))
      .join("\n");
    const twice = codes.filter((code, index) => codes.indexOf(code) !== index);
    expect(twice.filter((code) => !contracts.includes(code))).toEqual([]);
  });

  it("that the sources name are declared in a catalogue", async () => {
    const declared = new Set((await readCatalogues()).map(({ code }) => code));
    const prefixes = [...declared];
    const unknown = new Set<string>();
    for (const file of sourceFiles()) {
      for (const [code] of readFileSync(file, "utf8").matchAll(/\bHWS_[A-Z0-9]+(?:_[A-Z0-9]+)+\b/g))
        if (!declared.has(code) && !prefixes.some((known) => known.startsWith(code))) unknown.add(code);
    }
    expect([...unknown]).toEqual([]);
  });
});
