import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { configErrors } from "../errors/config-codes.ts";
import { importDefault, type LoadModule } from "../plugin/module.ts";
import { type ConfigDocument, folderOf, remember } from "./document.ts";
import { parseJson } from "./json.ts";
import { parseYaml } from "./yaml.ts";

export interface ReadOptions {
  /** Loads TypeScript; without it a `.ts` config is refused. */
  readonly loadModule?: LoadModule | undefined;
}

const maxBytes = 4 * 1024 * 1024;
const names = [
  "hawser.yaml",
  "hawser.yml",
  "hawser.json",
  "hawser.config.ts",
  "hawser.config.mjs",
  "hawser.config.js",
];

const readText = async (file: string): Promise<string> => {
  try {
    const handle = await open(file, "r");
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) throw configErrors.HWS_CONFIG_UNREADABLE([file, "it is not a file"]);
      if (facts.size > maxBytes) throw configErrors.HWS_CONFIG_UNREADABLE([file, "it is over 4 MiB"]);
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw configErrors.HWS_CONFIG_NOT_FOUND([file], { cause: error });
    if (code?.startsWith("HWS_")) throw error;
    throw configErrors.HWS_CONFIG_UNREADABLE([file, code ?? String(error)], { cause: error });
  }
};

const readModule = async (file: string, { loadModule }: ReadOptions): Promise<ConfigDocument> => {
  if (!existsSync(file)) throw configErrors.HWS_CONFIG_NOT_FOUND([file]);
  if ([".ts", ".mts"].includes(extname(file)) && loadModule === undefined) {
    throw configErrors.HWS_CONFIG_LOADER([file]);
  }
  try {
    return { data: await importDefault(file, loadModule), file, baseDirectory: folderOf(file) };
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
    throw configErrors.HWS_CONFIG_MODULE([file, why], { cause: error });
  }
};

/** Reads one file of a config, without the files it extends. */
export const readDocument = async (name: string, options: ReadOptions): Promise<ConfigDocument> => {
  const file = resolve(name);
  switch (extname(file)) {
    case ".yaml":
    case ".yml":
      return parseYaml(file, await readText(file));
    case ".json":
      return parseJson(file, await readText(file));
    case ".js":
    case ".mjs":
    case ".ts":
    case ".mts":
      return readModule(file, options);
    default:
      throw configErrors.HWS_CONFIG_FORMAT([file]);
  }
};

/**
 * Reads a config: YAML, JSON, JavaScript, and TypeScript through `loadModule`. Nothing is checked but the syntax;
 * `loadConfig` given the same object knows its lines.
 */
export const readConfigFile = async (file: string, options: ReadOptions = {}): Promise<unknown> => {
  const document = await readDocument(file, options);
  remember(document);
  return document.data;
};

/** The config of a folder: `hawser.yaml`, `.yml`, `.json`, then `hawser.config.ts`, `.mjs`, `.js`. */
export const findConfig = (directory: string): string => {
  const found = names.map((name) => join(resolve(directory), name)).find((file) => existsSync(file));
  if (found === undefined) throw configErrors.HWS_CONFIG_NOT_FOUND([resolve(directory)]);
  return found;
};
