import type { NormalConfig } from "../config/types.ts";
import type { Secret } from "../contracts/secret.ts";
import type { Storage } from "../contracts/storage.ts";
import { noSealing, Sealing } from "../sealing/sealing.ts";
import { openSignatures } from "../signing/open.ts";
import { answeringStorage, answerLimitMs, silenceOf } from "./answers.ts";
import { type Listening, type ListeningParts, openListening } from "./listening.ts";
import type { Desk } from "./operation.ts";
import { cacheOf } from "./plugin-contexts.ts";
import { createProviders, type Providers } from "./providers.ts";
import { Scope, token } from "./scope.ts";
import { openStores, type Stores } from "./stores.ts";

const listeningToken = token<Listening>("listening");
const keptToken = token<Listening["kept"]>("kept events");
const providersToken = token<ReturnType<typeof createProviders>>("providers");

/** A desk that is laid out for one operation, and cleared when it is disposed. */
export interface OpenedDesk extends AsyncDisposable {
  readonly desk: Desk;
}

export interface DeskParts extends ListeningParts {
  readonly answerLimitMs?: number | undefined;
}

/** Makes everything that one operation needs, in a scope of its own; frees it in reverse order. */
export const openDesk = async (parts: DeskParts): Promise<OpenedDesk> => {
  const { config, control } = parts;
  const scope = new Scope();
  // Made first and so freed last: plugins may use what they were given until they are disposed.
  scope.provide(listeningToken, () => openListening(parts));
  const { redactor, reporter, listeners, kept, contextOf } = scope.get(listeningToken);
  scope.provide(providersToken, () => createProviders(config, contextOf, reporter));
  try {
    const providers = await scope.get(providersToken);
    // Made last and so freed first: the last of it still has to be stored.
    scope.provide(keptToken, () => kept);
    scope.get(keptToken);
    for (const secret of readableSecrets(providers)) redactor.add(secret);
    const asked = answeringStorage(
      providers.storage,
      parts.answerLimitMs ?? answerLimitMs,
      silenceOf("storage to answer", reporter),
    );
    const stores = await storesOf(config, asked, providers.storage);
    const cacheDirectory = cacheOf(parts);
    const desk = { config, providers, stores, reporter, listeners, kept, control, cacheDirectory, redactor };
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

/** Verbs that only look work on machines without the secrets, too: what cannot be read need not be hidden. */
const readableSecrets = (providers: Providers): Secret[] => {
  try {
    return Object.values(providers.installer.secrets?.() ?? {});
  } catch {
    return [];
  }
};
