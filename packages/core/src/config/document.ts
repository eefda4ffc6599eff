import { dirname } from "node:path";
import type { Path } from "./path.ts";

/** A config as it was written, before anything is made of it. */
export interface ConfigDocument {
  readonly data: unknown;
  readonly file?: string;
  /** The folder from which its relative paths and plugins are found. */
  readonly baseDirectory: string;
  /** The line of a path, or of the nearest thing around it. */
  lineOf?(path: Path): number | undefined;
}

// A config read from a file is handed on as plain data; its lines are kept aside for messages.
const known = new WeakMap<object, ConfigDocument>();

export const remember = (document: ConfigDocument): void => {
  if (typeof document.data === "object" && document.data !== null) known.set(document.data, document);
};

/** The document of a config, with its lines when it came from `readConfigFile`. */
export const documentOf = (data: unknown, baseDirectory: string, file?: string): ConfigDocument => {
  const document = typeof data === "object" && data !== null ? known.get(data) : undefined;
  if (document !== undefined) return { ...document, baseDirectory };
  return file === undefined ? { data, baseDirectory } : { data, file, baseDirectory };
};

export const folderOf = (file: string): string => dirname(file);
