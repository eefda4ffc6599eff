import type { Logger } from "../contracts/common.ts";
import type { LoadModule } from "../plugin/module.ts";

export interface EngineOptions {
  /** Where relative paths and plugins of the config are found. Default: the folder of `file`, else the working directory. */
  readonly baseDirectory?: string;
  /** The file that the config came from, for messages. */
  readonly file?: string;
  /** What may be fetched again: mirrors, artifacts. Default `$XDG_CACHE_HOME/hawser` or `~/.cache/hawser`. */
  readonly cacheDirectory?: string;
  readonly logger?: Logger;
  /** How long a question to storage may stay unanswered before a run holds its lock. Default 20 s. */
  readonly answerLimitMs?: number;
  /** A wait that lasts longer is told to listeners as `stuck`. Default 60 s. */
  readonly stuckAfterMs?: number;
  /** Loads TypeScript modules that the config names. */
  readonly loadModule?: LoadModule;
}
