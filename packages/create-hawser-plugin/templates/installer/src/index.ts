import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { ComposeInstaller, secretNames } from "./compose-installer.ts";
import { errors } from "./errors.ts";
import { type ComposeOptions, schema } from "./options.ts";

export type { ComposeOptions } from "./options.ts";

const plugin: Plugin<"installer", ComposeOptions> = definePlugin({
  kind: "installer",
  name: "__name__",
  schema,
  secretNames,
  // What a schema cannot say: `validate` tells it, before anything is run.
  problems: ({ registry, username, password }) => {
    const given = [registry, username, password].filter((option) => option !== undefined);
    return given.length === 0 || given.length === 3 ? [] : [errors.HWS_COMPOSE_LOGIN([])];
  },
  create: (options) => new ComposeInstaller(options),
});

export default plugin;
