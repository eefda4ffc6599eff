import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { type StaticInventoryOptions, staticInventorySchema } from "./options.ts";
import { createStaticInventory } from "./static-inventory.ts";

export type { StaticInstance, StaticInventoryOptions } from "./options.ts";

const staticInventory: Plugin<"inventory", StaticInventoryOptions> = definePlugin({
  kind: "inventory",
  name: "@hawser/inventory-static",
  schema: staticInventorySchema,
  create: (options) => createStaticInventory(options),
});

export default staticInventory;
