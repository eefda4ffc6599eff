import { eventTypes } from "../contracts/event-types.ts";
import { moments } from "../contracts/moment.ts";
import { type DataMap, isMap } from "./data.ts";
import { pauseGrammar } from "./pause.ts";

const text = { type: "string", minLength: 1 };
const count = { type: "integer", minimum: 1 };
const share = {
  anyOf: [
    { type: "integer", minimum: 0 },
    { type: "string", pattern: "^[0-9]{1,3}%$", description: "a percentage like `25%`" },
  ],
};
const pauseText = { type: "string", pattern: pauseGrammar, description: "a time like `30s` or `10m`" };
const lifetime = {
  type: "string",
  pattern: "^[1-9][0-9]{0,3}[hd]$",
  description: "hours or days like `12h` or `30d`",
};
const milliseconds = { type: "integer", minimum: 0, maximum: 86_400_000 };

const map = (properties: Record<string, unknown>, required: readonly string[] = []) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

/** What `use` names is looked at when it is loaded, and `with` by the plugin's own schema. */
const blockMembers = { use: { type: ["string", "object"] }, with: { type: "object" } };
const block = map(blockMembers, ["use"]);
const memberBlock = map(
  {
    ...blockMembers,
    roles: { type: "array", minItems: 1, items: text },
    port: { type: "integer", minimum: 1, maximum: 65_535 },
  },
  ["use"],
);
const namedBlocks = { type: "object", additionalProperties: memberBlock };

/** One block, or a map of named ones: what stands there decides, so that messages speak of one form. */
export const isOneBlock = (loadBalancer: unknown): boolean =>
  isMap(loadBalancer) && ("use" in loadBalancer || "with" in loadBalancer);

const rollout = map({
  maxUnavailable: share,
  minHealthy: share,
  waves: { type: "array", minItems: 1, items: share },
  drain: { enum: ["auto", "always", "never"] },
  unreachable: { enum: ["abort", "skip"] },
  pause: {
    anyOf: [
      pauseText,
      { type: "object", propertyNames: { pattern: "^[1-9][0-9]{0,2}$" }, additionalProperties: pauseText },
    ],
  },
  check: map({
    command: text,
    http: { type: "string", pattern: "^https?://" },
    status: { type: "integer", minimum: 100, maximum: 599 },
    body: text,
    headers: { type: "object", additionalProperties: { type: "string" } },
    timeoutMs: milliseconds,
  }),
  drainTimeoutMs: milliseconds,
  onDrainTimeout: { enum: ["force", "abort"] },
});

const step = {
  anyOf: [{ type: "null" }, map({ before: text, after: text, use: {}, with: {} }, ["use"])],
};

const heard = { type: "array", minItems: 1, uniqueItems: true, items: { enum: [...moments, ...eventTypes] } };
const listener = map({ ...blockMembers, on: heard }, ["use"]);

const properties = (loadBalancer: unknown): Record<string, unknown> => ({
  app: text,
  root: text,
  keep: {
    anyOf: [{ type: "integer" }, map({ instances: { type: "integer" }, storage: { type: "integer" } })],
  },
  source: block,
  storage: block,
  transport: block,
  installer: block,
  inventory: block,
  loadBalancer,
  listeners: { type: "array", items: listener },
  steps: { type: "object", additionalProperties: step },
  concurrency: { ...count, maximum: 1000 },
  rollout,
  lock: map({ ttlMs: { type: "integer", minimum: 1000, maximum: 3_600_000 } }),
  signing: map({ key: text, allowedSigners: text, principal: text, revoked: text, expires: lifetime }, [
    "allowedSigners",
    "principal",
  ]),
  encryption: map({ recipients: { type: "array", minItems: 1, items: text }, identity: text }, [
    "recipients",
  ]),
  delivery: { enum: ["auto", "stream"] },
  provision: map({
    secrets: { anyOf: [{ enum: ["laid", "published", "session"] }, map({ command: text }, ["command"])] },
  }),
  confirm: { type: "boolean" },
});

/** The names an environment may override. */
export const blockNames: readonly string[] = Object.keys(properties({})).filter((name) => name !== "app");

const wholeEnvelope = (loadBalancer: unknown): Record<string, unknown> =>
  map(properties(loadBalancer), ["app", "source", "storage", "transport", "installer", "inventory"]);

const withOneBlock = wholeEnvelope(memberBlock);
const withNamedBlocks = wholeEnvelope(namedBlocks);

/**
 * The schema of everything but what stands in `with`, for the config of one environment. The same object each time: what is
 * compiled of a schema is kept for ever, and a watch reads its config at each turn.
 */
export const envelopeSchema = (data: DataMap): Record<string, unknown> =>
  isOneBlock(data.loadBalancer) ? withOneBlock : withNamedBlocks;

const withoutRequired = (schema: unknown): unknown => {
  const { required: _, ...rest } = schema as { required?: unknown };
  return rest;
};

/** The envelope with either form of `loadBalancer`, for editors; partial: what an environment overrides. */
export const envelopeProperties = ({ partial }: { readonly partial: boolean }): Record<string, unknown> => {
  const whole = properties({ anyOf: [memberBlock, namedBlocks] });
  if (!partial) return whole;
  const member = withoutRequired(memberBlock);
  return {
    ...Object.fromEntries(Object.entries(whole).map(([name, schema]) => [name, withoutRequired(schema)])),
    loadBalancer: { anyOf: [member, { ...namedBlocks, additionalProperties: member }] },
  };
};
