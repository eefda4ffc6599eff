import { Secret } from "../contracts/secret.ts";
import { configProblems } from "../errors/config-codes.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import type { Path } from "./path.ts";

export type DataMap = Readonly<Record<string, unknown>>;

/** A map of a config: not a list, not a secret, not an instance of a class. */
export const isMap = (value: unknown): value is DataMap => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

export interface Finding {
  readonly path: Path;
  readonly error: HawserError;
  readonly severity?: "warning";
}

const refusedKeys = new Set(["__proto__", "constructor", "prototype"]);
const deepest = 40;

export const describeType = (value: unknown): string => {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (Secret.is(value)) return "a secret";
  const names: Record<string, string> = { object: "a map", string: "a text", number: "a number" };
  return names[typeof value] ?? `a ${typeof value}`;
};

const copyMap = (value: DataMap, path: Path, found: Finding[]): DataMap => {
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, key];
    if (refusedKeys.has(key)) {
      found.push({ path: at, error: configProblems.HWS_CONFIG_KEY_REFUSED([key]) });
    } else if (item !== undefined) {
      // What stands at `use` may be a plugin itself: it is looked at when it is loaded.
      const opaque = key === "use" && typeof item === "object" && !path.includes("with");
      copy[key] = opaque ? item : copyData(item, at, found);
    }
  }
  return copy;
};

/** Copies a config that may come from anywhere, keeping only data; says what was left out. */
export const copyData = (value: unknown, path: Path, found: Finding[]): unknown => {
  const refuse = (what: string): undefined => {
    found.push({ path, error: configProblems.HWS_CONFIG_NOT_DATA([what]) });
    return undefined;
  };
  if (path.length > deepest) return refuse("nested too deep");
  if (Array.isArray(value)) return value.map((item, index) => copyData(item, [...path, index], found));
  if (isMap(value)) return copyMap(value, path, found);
  if (Secret.is(value) || value === null) return value;
  if (typeof value === "number" && !Number.isFinite(value)) return refuse(String(value));
  if (["string", "number", "boolean"].includes(typeof value)) return value;
  return refuse(typeof value === "object" ? "an instance of a class" : describeType(value));
};
