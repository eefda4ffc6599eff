import { definePlugin, HawserError, type Plugin } from "@hawser/core/plugin";
import { type StaticInventoryOptions, staticInventorySchema } from "./options.ts";
import { createStaticInventory } from "./static-inventory.ts";

export type { StaticInstance, StaticInventoryOptions } from "./options.ts";

/** What stands in the config is wrong or right without a look at anything else. */
const problemsOf = (options: StaticInventoryOptions): readonly HawserError[] => {
  try {
    createStaticInventory(options);
    return [];
  } catch (error) {
    if (!HawserError.is(error)) throw error;
    return [error];
  }
};

const staticInventory: Plugin<"inventory", StaticInventoryOptions> = definePlugin({
  kind: "inventory",
  name: "@hawser/inventory-static",
  schema: staticInventorySchema,
  problems: problemsOf,
  create: (options) => createStaticInventory(options),
});

export default staticInventory;
