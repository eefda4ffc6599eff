import { defineErrors, type Makers } from "./catalogue.ts";

const entries = {
  HWS_PLUGIN_SPECIFIER: {
    message: (specifier: string): string => `${specifier} is neither a package name nor a path`,
    hint: "write the name of a package (`@hawser/source-git`) or a path from the config's folder (`./my-source.js`)",
  },
  HWS_PLUGIN_NOT_FOUND: {
    message: (specifier: string, from: string): string =>
      `the plugin ${specifier} was not found from ${from}`,
    hint: (specifier: string, _from: string): string =>
      /^[./]/.test(specifier)
        ? "paths start at the folder of the config that names them"
        : `is it installed there? \`npm i ${specifier
            .split("/")
            .slice(0, specifier.startsWith("@") ? 2 : 1)
            .join("/")}\``,
  },
  HWS_PLUGIN_FOLDER: {
    message: (folder: string, why: string): string => `${folder} is no package that can be loaded: ${why}`,
    hint: "its package.json needs a `name`, and `exports` that name files which are there: is it built?",
  },
  HWS_PLUGIN_FAILED: {
    message: (specifier: string, why: string): string =>
      `the plugin ${specifier} failed when it was loaded: ${why}`,
    hint: "`hawser plugin check` loads it alone",
  },
  HWS_PLUGIN_EXPORT: {
    message: (specifier: string, found: string): string =>
      `${specifier} is not a plugin: its default export is ${found}`,
    hint: "a plugin is `export default definePlugin({ kind, name, schema, create })`",
  },
  HWS_PLUGIN_NAME: {
    message: (specifier: string): string => `the plugin ${specifier} has no name`,
    hint: "give `definePlugin` the name of its package",
  },
  HWS_PLUGIN_KIND: {
    message: (specifier: string, found: string): string =>
      `the plugin ${specifier} is of the unknown kind ${found}`,
    hint: "the kinds are source, storage, transport, installer, loadBalancer, inventory and listener",
  },
  HWS_PLUGIN_WRONG_KIND: {
    message: (specifier: string, found: string, slot: string): string =>
      `the plugin ${specifier} is a ${found} and cannot be the ${slot}`,
    hint: (_specifier: string, found: string, _slot: string): string =>
      `it fits the slot ${found === "listener" ? "listeners" : found}: move the block there, or name another plugin`,
  },
  HWS_PLUGIN_API_VERSION: {
    message: (specifier: string, found: string, served: string): string =>
      `the plugin ${specifier} speaks contract version ${found}, this Hawser serves ${served}`,
    hint: (specifier: string, found: string, served: string): string =>
      Number(found) > Number(served.split(" ").at(-1))
        ? "update Hawser: `npm i @hawser/core@latest`"
        : `update the plugin: \`npm i ${specifier}@latest\``,
  },
  HWS_PLUGIN_SCHEMA: {
    message: (specifier: string, why: string): string =>
      `the plugin ${specifier} has a schema that cannot be used: ${why}`,
    hint: "tell its author: `hawser plugin check` shows the same",
  },
  HWS_PLUGIN_SCHEMA_OPEN: {
    message: (specifier: string, path: string): string =>
      `the plugin ${specifier} takes any name in ${path}, mistyped ones too`,
    hint: "say `additionalProperties: false` there",
  },
  HWS_PLUGIN_CREATE: {
    message: (specifier: string): string => `the plugin ${specifier} has no function \`create\``,
    hint: "tell its author: `hawser plugin check` shows the same",
  },
  HWS_PLUGIN_THREW: {
    message: (plugin: string, why: string): string => `${plugin} failed unexpectedly: ${why}`,
    hint: "this is a fault of the plugin; its author needs this message",
  },
};

/** What can be wrong with a plugin itself. */
export const pluginErrors: Makers<typeof entries> = defineErrors(entries);
