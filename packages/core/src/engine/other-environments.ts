import { join } from "node:path";
import type { NormalConfig } from "../config/types.ts";
import type { Logger } from "../contracts/common.ts";
import { makePluginContext } from "../process/plugin-context.ts";
import { answeringStorage, answerLimitMs, silenceOf } from "./answers.ts";
import { storesOf } from "./desk.ts";
import { Holdings } from "./holdings.ts";
import type { Desk } from "./operation.ts";
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
  const { application, environment, baseDirectory } = config;
  const holdings = new Holdings();
  desk.redactor.addFrom(config.storage.options);
  const context = makePluginContext({
    plugin: "storage",
    application,
    environment,
    baseDirectory,
    cacheRoot: join(place.cacheDirectory, application, environment || "top-level", "plugins"),
    signal: desk.control.signal,
    logger: place.logger,
    hold: (resource) => holdings.hold(resource),
  });
  try {
    const storage = await createStorage(config, context);
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
