import { homedir } from "node:os";
import { join } from "node:path";
import { inspectConfig, type LoadRequest, loadConfig } from "../config/load.ts";
import type { NormalConfig } from "../config/types.ts";
import type { Logger } from "../contracts/common.ts";
import type { RunControl } from "./control.ts";
import type { DeskParts } from "./desk.ts";
import type { EngineOptions } from "./engine-options.ts";
import type { Desk } from "./operation.ts";
import { type OtherEnvironments, openOther } from "./other-environments.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {} };

const defaultCache = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "hawser");

/** The environments of one engine's config. */
export class Environments {
  readonly #config: unknown;
  readonly #options: EngineOptions;

  constructor(config: unknown, options: EngineOptions) {
    this.#config = config;
    this.#options = options;
  }

  async load(environment: string | undefined): Promise<NormalConfig> {
    return await loadConfig(this.loading(environment));
  }

  loading(environment: string | undefined): LoadRequest {
    const { baseDirectory, file, loadModule } = this.#options;
    return {
      config: this.#config,
      ...(baseDirectory !== undefined && { baseDirectory }),
      ...(file !== undefined && { file }),
      ...(environment !== undefined && { environment }),
      ...(loadModule !== undefined && { loadModule }),
    };
  }

  deskParts(config: NormalConfig, control: RunControl): Omit<DeskParts, "sinks"> {
    return {
      config,
      control,
      logger: this.#options.logger ?? silent,
      cacheDirectory: this.#options.cacheDirectory ?? defaultCache(),
      answerLimitMs: this.#options.answerLimitMs,
    };
  }

  /** The other environments of the config, for an operation of one. */
  others(desk: Desk): OtherEnvironments {
    const { environment } = desk.config;
    return {
      names: async () => {
        const { layers } = await inspectConfig(this.loading(environment));
        return layers.environments.filter((name) => name !== environment);
      },
      open: async (name) => {
        const { logger, cacheDirectory, answerLimitMs } = this.deskParts(desk.config, desk.control);
        return await openOther(await this.load(name), desk, { logger, cacheDirectory, answerLimitMs });
      },
    };
  }
}
