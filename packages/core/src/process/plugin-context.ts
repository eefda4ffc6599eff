import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "../contracts/common.ts";
import type { PluginContext } from "../contracts/plugin-context.ts";
import { Downloads } from "../download/downloads.ts";
import { HttpConnections } from "../http/http-connections.ts";
import { spawnProgram } from "./spawn.ts";

export interface PluginContextRequest {
  readonly plugin: string;
  readonly application: string;
  readonly environment: string;
  readonly baseDirectory: string;
  /** The folder that holds every plugin's cache; each plugin has its own inside. */
  readonly cacheRoot: string;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Takes what the context holds; who asked for the context frees it when the plugin is disposed. */
  hold(resource: AsyncDisposable): void;
}

/** What a plugin's `create` gets. A program it spawns ends when the engine does. */
export const makePluginContext = (request: PluginContextRequest): PluginContext => {
  const { signal, logger, application, environment, baseDirectory } = request;
  // A plugin's name is any text; the folder's name is a part of a path.
  const cacheDirectory = join(request.cacheRoot, encodeURIComponent(request.plugin).replaceAll(".", "%2E"));
  mkdirSync(cacheDirectory, { recursive: true, mode: 0o700 });
  const downloads = new Downloads(cacheDirectory);
  request.hold(downloads);
  const http = new HttpConnections();
  request.hold(http);
  return {
    signal,
    logger,
    application,
    environment,
    baseDirectory,
    cacheDirectory,
    spawn: (file, argv, options = {}) =>
      spawnProgram(file, argv, {
        ...options,
        signal: options.signal === undefined ? signal : AbortSignal.any([options.signal, signal]),
      }),
    http,
    download: (wanted, context) => downloads.download(wanted, context),
  };
};
