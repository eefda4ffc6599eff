import { join } from "node:path";
import type { NormalConfig } from "../config/types.ts";
import type { Logger } from "../contracts/common.ts";
import type { PluginContext } from "../contracts/plugin-context.ts";
import { makePluginContext } from "../process/plugin-context.ts";
import type { RunControl } from "./control.ts";
import type { Holdings } from "./holdings.ts";

/** What the plugins of one environment are made with. */
export interface PluginSurroundings {
  readonly config: NormalConfig;
  readonly control: RunControl;
  readonly logger: Logger;
  /** Of all applications. */
  readonly cacheDirectory: string;
}

/** The folder of one environment's cache. */
export const cacheOf = ({ config, cacheDirectory }: PluginSurroundings): string =>
  join(cacheDirectory, config.application, config.environment || "top-level");

/** Gives the context of the plugin that stands at a place of the config. */
export const pluginContexts = (
  surroundings: PluginSurroundings,
  holdings: Holdings,
): ((block: string) => PluginContext) => {
  const { config, control, logger } = surroundings;
  return (block) =>
    makePluginContext({
      plugin: block,
      application: config.application,
      environment: config.environment,
      baseDirectory: config.baseDirectory,
      cacheRoot: join(cacheOf(surroundings), "plugins"),
      signal: control.signal,
      logger,
      hold: (resource) => holdings.hold(resource),
    });
};
