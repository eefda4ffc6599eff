import { fileURLToPath } from "node:url";
import { checkPlugin } from "@hawser/core";
import { expect, it } from "vitest";
import staticInventory from "../src/index.ts";

it("is a plugin that core can use, whose options take no mistyped name", async () => {
  const directory = fileURLToPath(new URL("..", import.meta.url));
  const loadModule = (file: string): Promise<unknown> => import(file);
  expect(await checkPlugin("./src/index.ts", directory, { loadModule })).toEqual([]);
});

it("lets `validate` find what is wrong with a list in the config, and reads no file for it", () => {
  const found = (options: Parameters<NonNullable<typeof staticInventory.problems>>[0]) =>
    staticInventory.problems?.(options).map(({ code, message }) => `${code}: ${message}`);
  expect(found({ instances: ["web1.example.org"] })).toEqual([]);
  expect(found({ instances: [{ address: "web1", root: "./relative" }] })).toEqual([
    "HWS_INVENTORY_INVALID: instances[0]: root is not an absolute path of [A-Za-z0-9._/-]",
  ]);
  expect(found({})).toEqual(["HWS_INVENTORY_OPTIONS: the inventory has neither `instances` nor `file`"]);
  expect(found({ file: "/nowhere/instances.yaml" })).toEqual([]);
});
