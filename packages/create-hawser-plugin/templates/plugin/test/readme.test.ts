import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import plugin from "../src/index.ts";

it("the README tells every option that the schema has, and no other", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, options = ""] = /^## Options\n([\s\S]*?)(?=^## )/m.exec(readme) ?? [];
  const told = [...options.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect(told.sort()).toEqual(Object.keys(plugin.schema.properties).sort());
});
