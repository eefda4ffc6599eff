import { Secret } from "../contracts/secret.ts";
import { isMap } from "./data.ts";
import type { LoadedConfig } from "./load.ts";
import { formatPath, type Path, pathKey } from "./path.ts";
import { placeOf } from "./place.ts";
import type { NormalConfig } from "./types.ts";

/** One value of a config and where it comes from. */
export interface ConfigValue {
  /** As in the config of this environment: `rollout.waves`. */
  readonly path: string;
  readonly value: unknown;
  /** `hawser.yaml:12`, `hawser.yaml:20 (environments.production)`, `the config`, or `default`. */
  readonly origin: string;
}

/** The merged config of one environment, fit to be shown. */
export interface ConfigDescription {
  readonly application: string;
  readonly environment: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Every value that is no map, in the order of the config. */
  readonly values: readonly ConfigValue[];
}

const withDefaults = (config: NormalConfig, data: Readonly<Record<string, unknown>>) => ({
  ...data,
  root: config.root,
  keep: config.keep,
  concurrency: config.concurrency,
  rollout: config.rollout,
  lock: config.lock,
  confirm: config.confirm,
});

/** What was made of `with`, by the path of each: absolute paths, and texts that turned out to be secrets. */
const arrivedOptions = (loaded: LoadedConfig): ReadonlyMap<string, unknown> =>
  new Map(loaded.wiring.slots.map(({ path, wired }) => [pathKey([...path, "with"]), wired.options]));

const show = (
  value: unknown,
  path: Path,
  references: ReadonlyMap<string, string>,
  arrived: ReadonlyMap<string, unknown>,
): unknown => {
  const key = pathKey(path);
  if (arrived.has(key)) return show(arrived.get(key), path, references, new Map());
  // The text of a reference names a secret; a secret written out is hidden.
  if (Secret.is(value)) return references.get(key) ?? value.toString();
  if (Array.isArray(value))
    return value.map((item, index) => show(item, [...path, index], references, arrived));
  if (path.at(-1) === "use" && typeof value === "object" && value !== null) {
    return (value as { name?: unknown }).name ?? "a value of the program";
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, show(item, [...path, name], references, arrived)]),
  );
};

const isGiven = (data: unknown, path: Path): boolean => {
  let value = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !(part in value)) return false;
    value = (value as Record<string | number, unknown>)[part];
  }
  return true;
};

const leaves = (value: unknown, path: Path): readonly [Path, unknown][] =>
  isMap(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([name, item]) => leaves(item, [...path, name]))
    : [[path, value]];

/** Shows a config that was loaded: merged, with defaults, secrets by name only, each value with its origin. */
export const describeConfig = (config: NormalConfig, loaded: LoadedConfig): ConfigDescription => {
  const { merged, resolved } = loaded;
  const whole = withDefaults(config, resolved.data);
  const shown = show(whole, [], resolved.secrets, arrivedOptions(loaded)) as Record<string, unknown>;
  const values = leaves(shown, []).map(([path, value]) => {
    // `keep: 3` stands for both of its members.
    const given = isGiven(merged.data, path) || (path[0] === "keep" && typeof merged.data.keep === "number");
    const layer = given ? merged.origins.of(path) : undefined;
    return { path: formatPath(path), value, origin: layer === undefined ? "default" : placeOf(layer, path) };
  });
  return { application: config.application, environment: config.environment, config: shown, values };
};
