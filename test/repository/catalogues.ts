import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ErrorEntry } from "@hawser/core/plugin";

/** One documented code. */
export interface Documented {
  readonly code: string;
  readonly package: string;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
}

const packages = join(import.meta.dirname, "../../packages");

const catalogueFiles = (name: string): string[] => {
  const source = join(packages, name, "src");
  if (name !== "core") return readdirSync(source).includes("errors.ts") ? [join(source, "errors.ts")] : [];
  const errors = join(source, "errors");
  return readdirSync(errors)
    .filter((file) => file.endsWith("-codes.ts"))
    .map((file) => join(errors, file));
};

/** The names of a function's parameters stand for their values. */
const placeholders = (text: (...args: never[]) => string): string[] => {
  const list = /^\s*\(?([^)=]*)\)?\s*=>/.exec(text.toString())?.[1] ?? "";
  return list
    .split(",")
    .map((name) =>
      name
        .replace(/[:=?].*$/s, "")
        .trim()
        .replace(/^_/, ""),
    )
    .filter(Boolean)
    .map((name) => `‹${name}›`);
};

const say = (text: string | ((...args: never[]) => string) | undefined): string => {
  if (text === undefined) return "";
  if (typeof text === "string") return text;
  const names = placeholders(text);
  for (const args of [names, names.map((name) => [name]), names.map((name) => ({ toString: () => name }))]) {
    try {
      return text(...(args as never[]));
    } catch {}
  }
  return names.join(" ");
};

const documented = (name: string, makers: Record<string, unknown>): Documented[] =>
  Object.entries(makers).flatMap(([code, maker]) => {
    const entry = (maker as { entry?: ErrorEntry<never[]> }).entry;
    if (entry === undefined) return [];
    return [
      {
        code,
        package: name,
        message: say(entry.message),
        hint: say(entry.hint),
        retryable: entry.retryable ?? false,
      },
    ];
  });

const packageName = (folder: string): string =>
  JSON.parse(readFileSync(join(packages, folder, "package.json"), "utf8")).name;

/** Every code of every package's catalogue, sorted. */
export const readCatalogues = async (): Promise<Documented[]> => {
  const found: Documented[] = [];
  for (const name of readdirSync(packages)) {
    for (const file of catalogueFiles(name)) {
      const module: Record<string, unknown> = await import(pathToFileURL(file).href);
      for (const value of Object.values(module))
        if (typeof value === "object" && value !== null)
          found.push(...documented(packageName(name), value as Record<string, unknown>));
    }
  }
  return found.sort((a, b) => (a.code < b.code ? -1 : 1));
};
