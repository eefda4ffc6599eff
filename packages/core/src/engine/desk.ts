import { join } from "node:path";
import { Redactor } from "../config/redaction.ts";
import type { NormalConfig } from "../config/types.ts";
import type { Logger } from "../contracts/common.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { Secret } from "../contracts/secret.ts";
import type { Storage } from "../contracts/storage.ts";
import { makePluginContext } from "../process/plugin-context.ts";
import { noSealing, Sealing } from "../sealing/sealing.ts";
import { openSignatures } from "../signing/open.ts";
import { answeringStorage, answerLimitMs } from "./answers.ts";
import type { RunControl } from "./control.ts";
import { Holdings } from "./holdings.ts";
import { Listeners } from "./listeners.ts";
import type { Desk } from "./operation.ts";
import { createProviders, type Providers } from "./providers.ts";
import { Reporter } from "./reporter.ts";
import { Scope, token } from "./scope.ts";
import { openStores, type Stores } from "./stores.ts";

const holdingsToken = token<Holdings>("holdings");
const providersToken = token<ReturnType<typeof createProviders>>("providers");
const listenersToken = token<Promise<Listeners>>("listeners");

/** A desk that is laid out for one operation, and cleared when it is disposed. */
export interface OpenedDesk extends AsyncDisposable {
  readonly desk: Desk;
}

export interface DeskParts {
  readonly config: NormalConfig;
  readonly control: RunControl;
  readonly sinks: readonly ((event: RunEvent) => void)[];
  readonly logger: Logger;
  readonly cacheDirectory: string;
  readonly answerLimitMs?: number | undefined;
}

/** Makes everything that one operation needs, in a scope of its own; frees it in reverse order. */
export const openDesk = async (parts: DeskParts): Promise<OpenedDesk> => {
  const { config, control, sinks, logger } = parts;
  const cacheDirectory = join(parts.cacheDirectory, config.application, config.environment || "top-level");
  const redactor = redactorOf(config);
  const scope = new Scope();
  scope.provide(holdingsToken, () => new Holdings());
  // Made first and so freed last: plugins may use what they were given until they are disposed.
  const holdings = scope.get(holdingsToken);
  const contextOf = (block: string) =>
    makePluginContext({
      plugin: block,
      application: config.application,
      environment: config.environment,
      baseDirectory: config.baseDirectory,
      cacheRoot: join(cacheDirectory, "plugins"),
      signal: control.signal,
      logger,
      hold: (resource) => holdings.hold(resource),
    });
  scope.provide(listenersToken, () => Listeners.create(config.listeners, contextOf));
  try {
    const listeners = await scope.get(listenersToken);
    const reporter = new Reporter(
      [...sinks, (event) => listeners.hear(event)],
      (value) => redactor.redactValue(value),
      logger,
    );
    listeners.warnTo(reporter);
    scope.provide(providersToken, () => createProviders(config, contextOf, reporter));
    const providers = await scope.get(providersToken);
    for (const secret of readableSecrets(providers)) redactor.add(secret);
    const asked = answeringStorage(providers.storage, parts.answerLimitMs ?? answerLimitMs, {
      onSilence: (since, until) => reporter.waiting("storage to answer", since, until),
    });
    const stores = await storesOf(config, asked, providers.storage);
    const desk = { config, providers, stores, reporter, control, cacheDirectory, redactor };
    return { desk, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() };
  } catch (error) {
    await scope[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
};

/** What an environment keeps, signed and sealed as its config says. The lock's beats ask without a limit of their own. */
export const storesOf = async (config: NormalConfig, asked: Storage, beats: Storage): Promise<Stores> => {
  const { application, environment } = config;
  const signatures = await openSignatures(config.signing, config.baseDirectory);
  return openStores(asked, application, environment, signatures, sealingOf(config), {
    ...config.lock,
    beats,
  });
};

const sealingOf = ({ encryption }: NormalConfig): Sealing =>
  encryption === undefined ? noSealing : new Sealing(encryption);

/** Hides every secret that the config names. */
export const redactorOf = (config: NormalConfig): Redactor => {
  const redactor = new Redactor();
  for (const block of blocksOf(config)) redactor.addFrom(block.options);
  redactor.addFrom(config.signing);
  redactor.addFrom(config.encryption);
  return redactor;
};

/** Verbs that only look work on machines without the secrets, too: what cannot be read need not be hidden. */
const readableSecrets = (providers: Providers): Secret[] => {
  try {
    return Object.values(providers.installer.secrets?.() ?? {});
  } catch {
    return [];
  }
};

const blocksOf = (config: NormalConfig) => [
  config.source,
  config.storage,
  config.transport,
  config.installer,
  config.inventory,
  ...Object.values(config.loadBalancers),
  ...config.listeners,
];
