import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HawserConfig } from "@hawser/core";
import { repository } from "./place.ts";
import type { Stage } from "./stage.ts";

const plugin = join(repository, "test/shows/plugins/silent-storage.mjs");

/** The stage's storage behind a plugin that can be silenced. Its secrets go apart: only there may they stand in a config. */
export const withSilentStorage = (config: HawserConfig): HawserConfig => {
  const { use, with: options } = config.storage as { use: string; with: Record<string, unknown> };
  const [plain, secrets] = [false, true].map((secret) =>
    Object.fromEntries(
      Object.entries(options).filter(([, value]) => String(value).startsWith("${env:") === secret),
    ),
  );
  return {
    ...config,
    storage: { use: plugin, with: { storage: { use, with: plain }, secrets, flag: "./silent" } },
  };
};

/** From now on storage answers no call whose `<method> <key>` matches; all of them by default. */
export const silence = async (stage: Stage, calls: RegExp = /^/): Promise<void> =>
  await writeFile(join(stage.folder, "silent"), calls.source);

export const endSilence = async (stage: Stage): Promise<void> =>
  await rm(join(stage.folder, "silent"), { force: true });
