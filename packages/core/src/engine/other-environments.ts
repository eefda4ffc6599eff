import type { NormalConfig } from "../config/types.ts";
import type { Logger } from "../contracts/common.ts";
import { answeringStorage, answerLimitMs, silenceOf } from "./answers.ts";
import { storesOf } from "./desk.ts";
import { Holdings } from "./holdings.ts";
import type { Desk } from "./operation.ts";
import { pluginContexts } from "./plugin-contexts.ts";
import { createStorage } from "./providers.ts";
import type { Stores } from "./stores.ts";

/** What another environment of the same application keeps, wherever that is. Nothing but its storage was made. */
export interface OtherEnvironment extends AsyncDisposable {
  readonly environment: string;
  readonly stores: Stores;
}

/** The other environments of a config. */
export interface OtherEnvironments {
  /** Their names, in the config's order. */
  names(): Promise<readonly string[]>;
  open(environment: string): Promise<OtherEnvironment>;
}

/** Opens the storage of an environment for an operation of another one. */
export const openOther = async (
  config: NormalConfig,
  desk: Pick<Desk, "reporter" | "control" | "redactor">,
  place: {
    readonly cacheDirectory: string;
    readonly logger: Logger;
    readonly answerLimitMs?: number | undefined;
  },
): Promise<OtherEnvironment> => {
  const { environment } = config;
  const holdings = new Holdings();
  desk.redactor.addFrom(config.storage.options);
  const { cacheDirectory, logger } = place;
  const contextOf = pluginContexts({ config, control: desk.control, logger, cacheDirectory }, holdings);
  try {
    const storage = await createStorage(config, contextOf("storage"));
    const asked = answeringStorage(
      storage,
      place.answerLimitMs ?? answerLimitMs,
      silenceOf(`the storage of ${environment} to answer`, desk.reporter),
    );
    return {
      environment,
      stores: await storesOf(config, asked, storage),
      [Symbol.asyncDispose]: async () => {
        try {
          await storage[Symbol.asyncDispose]?.();
        } finally {
          await holdings[Symbol.asyncDispose]();
        }
      },
    };
  } catch (error) {
    await holdings[Symbol.asyncDispose]();
    throw error;
  }
};
