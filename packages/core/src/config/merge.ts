import { type DataMap, isMap } from "./data.ts";
import type { Layer } from "./layers.ts";
import { type Path, pathKey } from "./path.ts";

/** Which layer each part of a merged config came from. */
export class Origins {
  readonly #layers = new Map<string, Layer>();

  set(path: Path, layer: Layer): void {
    const inside = `${pathKey(path).slice(0, -1)},`;
    for (const key of this.#layers.keys()) if (key.startsWith(inside)) this.#layers.delete(key);
    this.#layers.set(pathKey(path), layer);
  }

  /** The layer of a path, or of the nearest thing around it. */
  of(path: Path): Layer | undefined {
    for (let length = path.length; length >= 0; length -= 1) {
      const layer = this.#layers.get(pathKey(path.slice(0, length)));
      if (layer !== undefined) return layer;
    }
    return undefined;
  }
}

const isNamedBlocks = (value: DataMap): boolean =>
  Object.values(value).length > 0 && Object.values(value).every((item) => isMap(item) && "use" in item);

/** A block with its own `use` replaces the block whole; so do named blocks where one block stood. */
const replaces = (base: DataMap, over: DataMap, path: Path): boolean =>
  !path.includes("with") && ("use" in over || ("use" in base && isNamedBlocks(over)));

/** A built-in step that is null is skipped: that is what the null says. One that a layer below added just goes. */
const keepsNull = (base: unknown, path: Path): boolean => {
  const adds = isMap(base) && ("before" in base || "after" in base);
  return path.length === 2 && path[0] === "steps" && !adds;
};

const mergeMap = (base: DataMap, over: DataMap, path: Path, layer: Layer, origins: Origins): DataMap => {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const at = [...path, key];
    const result = mergeValue(merged[key], value, at, layer, origins);
    if (result === undefined) delete merged[key];
    else merged[key] = result;
  }
  return merged;
};

const mergeValue = (base: unknown, over: unknown, path: Path, layer: Layer, origins: Origins): unknown => {
  if (over === null && !keepsNull(base, path)) return undefined;
  const block = path.at(-1) === "use" && !path.includes("with");
  if (isMap(over) && !block && !(isMap(base) && replaces(base, over, path))) {
    if (isMap(base)) return mergeMap(base, over, path, layer, origins);
    origins.set(path, layer);
    return mergeMap({}, over, path, layer, origins);
  }
  origins.set(path, layer);
  return over;
};

export interface Merged {
  readonly data: DataMap;
  readonly origins: Origins;
}

const own = ["extends", "environments"];

const withoutOwn = (data: DataMap): DataMap =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !own.includes(key)));

/** Lays layers over one another: maps merge, lists replace, null removes. */
export const mergeLayers = (layers: readonly Layer[]): Merged => {
  const origins = new Origins();
  let data: DataMap = {};
  for (const [index, layer] of layers.entries()) {
    const over = layer.prefix.length === 0 ? withoutOwn(layer.data) : layer.data;
    // In the first layer there is nothing to remove: an empty option is seen as what it is.
    if (index === 0) origins.set([], layer);
    data = index === 0 ? over : mergeMap(data, over, [], layer, origins);
  }
  return { data, origins };
};
