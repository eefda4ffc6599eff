import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PluginContext, Source } from "@hawser/core/plugin";
import { pluginContext, type SftpServer } from "@hawser/testkit";
import plugin, { type SftpSourceOptions } from "../src/index.ts";

/** Long enough ago that nobody takes it for a file that is being written. */
export const longAgo = 1_700_000_000;

export const optionsFor = (
  server: Pick<SftpServer, "host" | "port" | "user" | "privateKey" | "knownHosts">,
  more: Partial<SftpSourceOptions> & { readonly path: string },
): SftpSourceOptions => {
  const { host, port, user, privateKey, knownHosts } = server;
  return { host, port, user, privateKey, knownHosts, ...more };
};

export const makeSource = async (
  options: SftpSourceOptions,
  context: PluginContext = pluginContext(),
): Promise<Source> => await plugin.create(options, context);

/** Writes files with a time of their own; null removes one. */
export const write = async (
  root: string,
  files: Readonly<Record<string, string | null>>,
  modified: number = longAgo,
): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    const at = join(root, path);
    if (text === null) {
      await rm(at);
      continue;
    }
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, text);
    await utimes(at, modified, modified);
  }
};
