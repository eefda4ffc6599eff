import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "@hawser/core";
import { repository } from "../shows/place.ts";

export interface PublishedPlugin {
  /** The folder of its package. */
  readonly folder: string;
  readonly plugin: Plugin;
}

const isPlugin = (value: unknown): value is Plugin =>
  typeof value === "object" && value !== null && "schema" in value && "kind" in value;

/** Every package of the workspace whose default export is a plugin. */
export const publishedPlugins = async (): Promise<readonly PublishedPlugin[]> => {
  const loaded = readdirSync(join(repository, "packages")).map(async (folder) => ({
    folder,
    plugin: (await import(join(repository, "packages", folder, "src/index.ts"))).default as unknown,
  }));
  return (await Promise.all(loaded)).filter((each): each is PublishedPlugin => isPlugin(each.plugin));
};
