import type { Logger, SpawnOptions, SpawnResult } from "./common.ts";
import type { Download } from "./download.ts";
import type { HttpClient } from "./http.ts";

/** Given to `create` of a plugin: what an author needs so that only the protocol is left to write. */
export interface PluginContext {
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** The application's name from the config. */
  readonly application: string;
  /** The environment the engine was asked for; empty for the top level. */
  readonly environment: string;
  /** The folder of the config file: relative paths in options start here. */
  readonly baseDirectory: string;
  /** A private folder that outlives runs and may be deleted at any time. */
  readonly cacheDirectory: string;
  /** Runs a program with an argv array, never through a shell, in its own process group. */
  spawn(file: string, argv: readonly string[], options?: SpawnOptions): Promise<SpawnResult>;
  /** HTTP with the rules for redirects, addresses and sizes. */
  readonly http: HttpClient;
  /** Downloads one file whole, whatever the protocol, with resume and a cache. */
  readonly download: Download;
}
