import { basename } from "node:path";
import type { Inventory } from "@hawser/core/plugin";
import { inventoryErrors } from "./errors.ts";
import { toInstances } from "./instance.ts";
import { readListFile } from "./list-file.ts";
import type { StaticInventoryOptions } from "./options.ts";

/** Wrong entries of `instances` are an error at once; those of `file` at each look. */
export const createStaticInventory = (options: StaticInventoryOptions): Inventory => {
  const { instances, file } = options;
  if (instances !== undefined && file !== undefined) {
    throw inventoryErrors.HWS_INVENTORY_OPTIONS(["has both `instances` and `file`"]);
  }
  if (file !== undefined) {
    return {
      list: async ({ signal }) => toInstances(basename(file), await readListFile(file, signal)),
    };
  }
  if (instances === undefined) {
    throw inventoryErrors.HWS_INVENTORY_OPTIONS(["has neither `instances` nor `file`"]);
  }
  const fixed = toInstances("instances", instances);
  return {
    list: async ({ signal }) => {
      signal.throwIfAborted();
      return fixed;
    },
  };
};
