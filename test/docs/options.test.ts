import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type OptionSchema, optionRows, optionsTable } from "../../docs/.vitepress/options-table.ts";
import { packageFolder } from "../../docs/.vitepress/tree.ts";
import { repository } from "./code-blocks.ts";

const names = readdirSync(join(repository, "packages")).filter((name) => packageFolder(name) === "plugins");

const schemaOf = async (name: string): Promise<OptionSchema> =>
  (await import(join(repository, "packages", name, "src/index.ts"))).default.schema;

describe("the schema of a plugin", () => {
  it.each(names)("%s: says what each option means", async (name) => {
    const rows = optionRows(await schemaOf(name));
    expect(rows.filter(({ meaning }) => meaning === "").map(({ name: option }) => option)).toEqual([]);
  });

  it.each(names)("%s: has the options that its README, or a page it leans on, speaks of", async (name) => {
    const text = readFileSync(join(repository, "packages", name, "README.md"), "utf8");
    const leans = [
      ...text.matchAll(/\]\(\.\.\/([a-z0-9-]+)\/README\.md|\]\(\.\.\/\.\.\/(docs\/guide\/recipes\.md)/g),
    ];
    const others = leans.map(([, other, page]) => page ?? `packages/${other}/README.md`);
    const all = [text, ...others.map((page) => readFileSync(join(repository, page), "utf8"))].join("\n");
    const options = Object.keys((await schemaOf(name)).properties ?? {});
    expect(options.filter((option) => !new RegExp(`\`${option}\\b`).test(all))).toEqual([]);
  });
});

describe("a table of options", () => {
  const schema: OptionSchema = {
    properties: {
      key: { type: "string", secret: true, description: "what opens it" },
      check: { type: "object", properties: { times: { type: "integer", default: 3 } }, required: [] },
      again: { type: "object", properties: { times: { type: "integer", default: 3 } } },
      steps: { type: "array", items: { anyOf: [{ type: "string" }, { enum: ["a|b"] }] } },
    },
    required: ["key"],
  };

  it("has type, default and meaning, names members by where they stand, and the same members once", () => {
    expect(optionsTable(schema).split("\n").slice(2)).toEqual([
      "| `key` | secret | required | What opens it. |",
      "| `check` | map |  |  |",
      "| `check.times` | number | `3` |  |",
      "| `again` | map |  |  Members as `check`. |",
      "| `steps` | list of text or `a\\|b` |  |  |",
    ]);
  });
});
