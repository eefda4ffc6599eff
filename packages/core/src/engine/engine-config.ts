import { homedir } from "node:os";
import { join } from "node:path";
import {
  environmentsIn,
  inspectConfig,
  type LoadedConfig,
  type LoadRequest,
  loadConfig,
  wholeConfig,
} from "../config/load.ts";
import type { NormalConfig } from "../config/types.ts";
import type { Logger } from "../contracts/common.ts";
import type { RunControl } from "./control.ts";
import type { DeskParts } from "./desk.ts";
import type { EngineOptions } from "./engine-options.ts";
import type { Desk } from "./operation.ts";
import { type OtherEnvironments, openOther } from "./other-environments.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {} };

const defaultCache = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "hawser");

/** The config that an engine was made of, read anew for each operation, and what its desks are laid out with. */
export class EngineConfig {
  readonly #config: unknown;
  readonly #options: EngineOptions;

  constructor(config: unknown, options: EngineOptions) {
    this.#config = config;
    this.#options = options;
  }

  /** The config of one environment; `instead` is read in place of the engine's own. */
  async load(environment: string | undefined, instead?: unknown): Promise<NormalConfig> {
    const loading = this.#loading(environment);
    return await loadConfig(instead === undefined ? loading : { ...loading, config: instead });
  }

  /** The same before its plugins are made: layers, and where each value comes from. */
  async inspect(environment: string | undefined): Promise<LoadedConfig> {
    return await inspectConfig(this.#loading(environment));
  }

  /** Both, of one reading. */
  async read(
    environment: string | undefined,
  ): Promise<{ readonly config: NormalConfig; readonly loaded: LoadedConfig }> {
    const loaded = await this.inspect(environment);
    return { config: wholeConfig(loaded, this.#options), loaded };
  }

  /** The names of all environments; the top level, when none is defined, has none. */
  async environments(): Promise<readonly string[]> {
    return await environmentsIn(this.#loading(undefined));
  }

  deskParts(config: NormalConfig, control: RunControl): Omit<DeskParts, "sinks"> {
    return {
      config,
      control,
      logger: this.#options.logger ?? silent,
      cacheDirectory: this.#options.cacheDirectory ?? defaultCache(),
      answerLimitMs: this.#options.answerLimitMs,
      stuckAfterMs: this.#options.stuckAfterMs,
    };
  }

  /** The other environments of the config, for an operation of one. */
  others(desk: Desk): OtherEnvironments {
    const { environment } = desk.config;
    return {
      names: async () => {
        const { layers } = await this.inspect(environment);
        return layers.environments.filter((name) => name !== environment);
      },
      open: async (name) => {
        const { logger, cacheDirectory, answerLimitMs } = this.deskParts(desk.config, desk.control);
        return await openOther(await this.load(name), desk, { logger, cacheDirectory, answerLimitMs });
      },
    };
  }

  #loading(environment: string | undefined): LoadRequest {
    const { baseDirectory, file, loadModule } = this.#options;
    return {
      config: this.#config,
      ...(baseDirectory !== undefined && { baseDirectory }),
      ...(file !== undefined && { file }),
      ...(environment !== undefined && { environment }),
      ...(loadModule !== undefined && { loadModule }),
    };
  }
}
