import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { kindNamed } from "./kinds.ts";
import type { Wish } from "./wish.ts";

/** Texts by their path in the plugin's folder, with `/`. */
export type Files = ReadonlyMap<string, string>;

// The same place seen from the sources and from what is built of them.
const templates = fileURLToPath(new URL("../templates", import.meta.url));

/** npm leaves out some names that begin with a dot; in the templates these begin with `_`. */
const dotted = (path: string): string => path.replace(/(^|\/)_/g, "$1.");

const readLayer = (layer: string): Files => {
  const folder = join(templates, layer);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        const path = file.slice(folder.length + 1).replaceAll(sep, "/");
        return [dotted(path), readFileSync(file, "utf8")] as const;
      }),
  );
};

type Json = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Maps merge, everything else is replaced. */
const merged = (base: Json, change: Json): Json => {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = base[key];
    result[key] = isMap(before) && isMap(value) ? merged(before, value) : value;
  }
  return result;
};

const take = (files: Map<string, string>, path: string): string => {
  const text = files.get(path);
  if (text === undefined) throw new Error(`the template has no ${path}`);
  files.delete(path);
  return text;
};

interface Own {
  readonly version: string;
  readonly devDependencies: { readonly "@hawser/installer-script": string };
}

const own = (): Own =>
  JSON.parse(readFileSync(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8"));

/** Of this package; core, command line and testkit are released with it. */
export const version = (): string => own().version;

/** Every layer may say something of `package.json`, under another name: a package in a package is what tools stumble over. */
const manifestOf = (layers: readonly Files[]): Json =>
  layers
    .map((layer) => JSON.parse(layer.get("manifest.json") ?? "{}") as Json)
    .reduce((base, change) => merged(base, change));

/** Every file of the plugin. A kind says only what is its own; the rest stands once. */
export const filesOf = ({ kind, name, licence }: Wish): Files => {
  const layers = (kindNamed(kind)?.layers ?? []).map(readLayer);
  const files = new Map(layers.flatMap((layer) => [...layer]));
  files.delete("manifest.json");
  files.set("package.json", `${JSON.stringify(manifestOf(layers), null, 2)}\n`);
  files.set("README.md", take(files, "README.md") + take(files, "README.end.md"));
  if (licence !== "UNLICENSED")
    files.set("LICENSE", readFileSync(join(templates, "licences", licence), "utf8"));
  const values: Readonly<Record<string, string>> = {
    name,
    licence,
    hawser: `^${version()}`,
    // What a plugin is asked for is its `apiVersion`, which every later minor version of core serves.
    peer: `>=${version()} <${Math.max(2, Number.parseInt(version(), 10) + 1)}`,
    // Each release writes here which one is current.
    recipes: own().devDependencies["@hawser/installer-script"],
    year: String(new Date().getFullYear()),
  };
  const filled = (text: string): string =>
    text.replaceAll(/__([a-z]+)__/g, (whole, word: string) => values[word] ?? whole);
  return new Map([...files].map(([path, text]) => [path, filled(text)]));
};
