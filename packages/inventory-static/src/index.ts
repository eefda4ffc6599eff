import { definePlugin, type Plugin, thrownProblems } from "@hawser/core/plugin";
import { type StaticInventoryOptions, staticInventorySchema } from "./options.ts";
import { createStaticInventory } from "./static-inventory.ts";

export type { StaticInstance, StaticInventoryOptions } from "./options.ts";

const staticInventory: Plugin<"inventory", StaticInventoryOptions> = definePlugin({
  kind: "inventory",
  name: "@hawser/inventory-static",
  schema: staticInventorySchema,
  // What stands in the config is wrong or right without a look at anything else.
  problems: (options) =>
    thrownProblems(() => {
      createStaticInventory(options);
      return [];
    }),
  create: (options) => createStaticInventory(options),
});

export default staticInventory;
