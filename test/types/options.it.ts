import { describe, expect, it } from "vitest";
import { buildPackages } from "../shows/built.ts";
import { compiled } from "./compiled.ts";
import { type Line, linesOf } from "./lines.ts";
import { publishedPlugins } from "./plugins.ts";
import { uses } from "./uses.ts";

const published = await publishedPlugins();
await buildPackages(published.map(({ folder }) => folder));

const plugins = published.map(({ folder, plugin }) => ({
  folder,
  head: `import { defineConfig, use } from "@hawser/core"; import plugin from "${plugin.name}";`,
  lines: linesOf(plugin, uses[folder] ?? {}),
}));

// One program for all: the compiler reads the packages once.
const program = compiled(
  new Map(
    plugins.map(({ folder, head, lines }) => [
      folder,
      [head, ...Object.values({ ...lines }).flatMap((some) => some.map(({ code }) => `${code};`))],
    ]),
  ),
);

it("the table has a line for every published plugin, and for no other", () => {
  expect(Object.keys(uses).sort()).toEqual(plugins.map(({ folder }) => folder).sort());
});

describe.each(plugins)("a program that uses $folder", ({ folder, head, lines }) => {
  const errors = program.errors(folder);
  const said = (some: readonly Line[]) =>
    some.map(({ code, refusal }) => {
      const error = errors.get(`${code};`);
      return refusal?.test(error ?? "") ? { code, refused: true } : { code, error };
    });
  const allRefused = (some: readonly Line[]) => some.map(({ code }) => ({ code, refused: true }));

  it("compiles with options that are right", () => {
    expect(errors.get(head)).toBeUndefined();
    expect(said(lines.right)).toEqual(lines.right.map(({ code }) => ({ code, error: undefined })));
  });

  it("does not compile with an option that is unknown", () => {
    expect(said(lines.unknownOption)).toEqual(allRefused(lines.unknownOption));
  });

  it("does not compile without an option that is required", () => {
    expect(said(lines.missingOption)).toEqual(allRefused(lines.missingOption));
  });

  it("does not compile with any option of a wrong type", () => {
    expect(said(lines.wrongType)).toEqual(allRefused(lines.wrongType));
  });

  it("does not compile with the plugin in a slot of another kind", () => {
    expect(said(lines.wrongSlot)).toEqual(allRefused(lines.wrongSlot));
  });
});
