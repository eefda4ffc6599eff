import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { SaltApi } from "@hawser/salt";
import { type SaltInventoryOptions, schema } from "./options.ts";
import { SaltInventory } from "./salt-inventory.ts";

export type { GrainFilter, SaltInventoryOptions } from "./options.ts";

/** The accepted minions of a Salt master. */
const plugin: Plugin<"inventory", SaltInventoryOptions> = definePlugin({
  kind: "inventory",
  name: "@hawser/inventory-salt",
  schema,
  create: (options, context) => new SaltInventory(new SaltApi(options, context), options),
});

export default plugin;
