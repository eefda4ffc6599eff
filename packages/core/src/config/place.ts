import { basename } from "node:path";
import { isMap } from "./data.ts";
import type { Layer } from "./layers.ts";
import type { LoadedConfig } from "./load.ts";
import { formatPath, type Path } from "./path.ts";

/** Where a person finds a value: `hawser.yaml:12`, `hawser.yaml:20 (environments.production)`, `the config`. */
export const placeOf = (layer: Layer, path: Path): string => {
  const { file, lineOf } = layer.document;
  const line = lineOf?.([...layer.prefix, ...path]);
  const name = file === undefined ? "the config" : basename(file);
  const place = line === undefined ? name : `${name}:${line}`;
  return layer.prefix.length === 0 ? place : `${place} (${formatPath(layer.prefix)})`;
};

/** The path that a text like `installer.with.install.0` means in some data: keys may hold dots themselves. */
const pathIn = (text: string, data: unknown): Path => {
  if (text === "") return [];
  if (Array.isArray(data)) {
    const [, index = "", rest = ""] = /^(\d+)(?:\.(.*))?$/.exec(text) ?? [];
    return index === "" ? [] : [Number(index), ...pathIn(rest, data[Number(index)])];
  }
  if (!isMap(data)) return [];
  const [key] = Object.keys(data)
    .filter((name) => text === name || text.startsWith(`${name}.`))
    .sort((one, other) => other.length - one.length);
  return key === undefined ? [] : [key, ...pathIn(text.slice(key.length + 1), data[key])];
};

/** The place of what a text names, or of the nearest thing around it; undefined when the config has nothing of it. */
export const placeOfText = ({ merged }: LoadedConfig, text: string): string | undefined => {
  const path = pathIn(text, merged.data);
  const layer = path.length === 0 ? undefined : merged.origins.of(path);
  return layer === undefined ? undefined : placeOf(layer, path);
};
