import { fileURLToPath } from "node:url";
import { checkPlugin } from "@hawser/core";
import { expect, it } from "vitest";

it("is a plugin that core can use, whose options take no mistyped name", async () => {
  const directory = fileURLToPath(new URL("..", import.meta.url));
  const loadModule = (file: string): Promise<unknown> => import(file);
  expect(await checkPlugin("./src/index.ts", directory, { loadModule })).toEqual([]);
});
