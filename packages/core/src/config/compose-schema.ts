import { type Kind, kinds } from "../contracts/kinds.ts";
import type { Plugin } from "../plugin/define.ts";
import { blockNames, envelopeProperties } from "./envelope.schema.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** The names of the places of a block by its kind. */
const slotOf = (kind: Kind): string => (kind === "listener" ? "listeners" : kind);

/** When a block uses this plugin, its options are the plugin's. */
const optionsOf = (plugin: Plugin, name: string, partial: boolean): JsonSchema => {
  // An environment overrides some options of a block: what is missing stands in the block itself.
  const { required, ...rest } = plugin.schema;
  const schema = partial || required === undefined ? rest : plugin.schema;
  return {
    if: { type: "object", properties: { use: { const: name } }, required: ["use"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { with: schema } },
  };
};

const withPlugins = (slot: unknown, plugins: readonly Plugin[], partial: boolean): unknown => {
  const rules = plugins.map((plugin) => optionsOf(plugin, plugin.name, partial));
  return rules.length === 0 ? slot : { allOf: [slot, ...rules] };
};

const slots = (plugins: readonly Plugin[], partial: boolean): Record<string, unknown> => {
  const properties = envelopeProperties({ partial });
  for (const kind of kinds) {
    const own = plugins.filter((plugin) => plugin.kind === kind);
    const slot = properties[slotOf(kind)];
    if (kind === "listener") {
      const list = slot as { items: unknown };
      properties.listeners = { ...list, items: withPlugins(list.items, own, partial) };
    } else if (kind === "loadBalancer") {
      const [block, named] = (slot as { anyOf: [unknown, JsonSchema] }).anyOf;
      const one = withPlugins(block, own, partial);
      properties.loadBalancer = { anyOf: [one, { ...named, additionalProperties: one }] };
    } else {
      properties[kind] = withPlugins(slot, own, partial);
    }
  }
  return properties;
};

/** The JSON schema of a whole config file, for editors; plugins are known by their names. */
export const configSchema = (plugins: readonly Plugin[]): JsonSchema => {
  const overrides = Object.fromEntries(
    Object.entries(slots(plugins, true))
      .filter(([name]) => blockNames.includes(name))
      .map(([name, schema]) => [name, { anyOf: [{ type: "null" }, schema] }]),
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Hawser config",
    type: "object",
    properties: {
      ...slots(plugins, false),
      extends: { type: "string", minLength: 1 },
      environments: {
        type: "object",
        additionalProperties: {
          anyOf: [{ type: "null" }, { type: "object", properties: overrides, additionalProperties: false }],
        },
      },
    },
    additionalProperties: false,
  };
};
