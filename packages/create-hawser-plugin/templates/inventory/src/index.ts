import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { type RegisterOptions, schema } from "./options.ts";
import { registerInventory } from "./register-inventory.ts";

export type { RegisterOptions } from "./options.ts";

const plugin: Plugin<"inventory", RegisterOptions> = definePlugin({
  kind: "inventory",
  name: "__name__",
  schema,
  create: registerInventory,
});

export default plugin;
