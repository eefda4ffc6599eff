import ts from "typescript";
import { describe, expect, it } from "vitest";
import { buildPackages } from "../shows/built.ts";
import { compiled } from "./compiled.ts";
import { publishedPlugins } from "./plugins.ts";
import { shapeOfSchema, shapeOfType } from "./shape.ts";

const plugins = await publishedPlugins();
await buildPackages(plugins.map(({ folder }) => folder));

const program = compiled(
  new Map(
    plugins.map(({ folder, plugin }) => [
      folder,
      [
        `import type { Plugin } from "@hawser/core"; import plugin from "${plugin.name}";`,
        "export type Options = typeof plugin extends Plugin<infer _, infer O> ? O : never;",
      ],
    ]),
  ),
);

const optionsOf = (folder: string): ts.Type => {
  const alias = program.source(folder).statements.find(ts.isTypeAliasDeclaration);
  return program.checker.getTypeFromTypeNode((alias as ts.TypeAliasDeclaration).type);
};

describe.each(plugins)("the options of $folder", ({ folder, plugin }) => {
  it("are in its type what they are in its schema", () => {
    expect(shapeOfType(optionsOf(folder), program.checker)).toEqual(shapeOfSchema(plugin.schema));
  });
});
