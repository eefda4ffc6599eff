import { Secret } from "../contracts/secret.ts";
import { type DataMap, isMap } from "./data.ts";
import { type Path, pathKey } from "./path.ts";

/** Where a secret may stand outside of `with`. */
const places: ReadonlySet<string> = new Set(
  [
    ["encryption", "identity"],
    ["signing", "key"],
  ].map(pathKey),
);

export const mayBeSecret = (path: Path): boolean => path.includes("with") || places.has(pathKey(path));

/** The envelope's schema sees texts where secrets stand. */
export const envelopeView = (data: DataMap, path: Path = []): DataMap =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const at = [...path, key];
      if (Secret.is(value) && places.has(pathKey(at))) return [key, "a secret"];
      return [key, at.length < 2 && isMap(value) ? envelopeView(value, at) : value];
    }),
  );
