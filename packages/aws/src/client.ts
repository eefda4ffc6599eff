import { type AwsAccess, checkAccess } from "./access.ts";
import { basisOf, type ClientBasis, readAuthorities } from "./client-basis.ts";
import { nodeHandlerOf } from "./node-handler.ts";
import { withoutVersionWarning } from "./version-warning.ts";

const limits = { maxSockets: 10, silentMs: 20_000 };

/** Of one call, when AWS throttles it, fails or is not reached. */
const attempts = 3;

/** What every client that is asked in calls is made with. */
export interface ClientConfig extends ClientBasis {
  readonly maxAttempts: number;
  readonly requestHandler: object;
}

const configOf = async (access: AwsAccess): Promise<ClientConfig> => {
  const ca = access.ca === undefined ? undefined : await readAuthorities(access.ca);
  return {
    ...basisOf(access),
    // The engine tries a whole look again; of a look of many pages each would find a call that is throttled.
    maxAttempts: attempts,
    requestHandler: nodeHandlerOf(limits, ca),
  };
};

/** A module of the SDK and a client of it: both are loaded when the first call is made. */
export class LazyClient<Sdk, Client extends { destroy(): void }> implements AsyncDisposable {
  readonly #access: AwsAccess;
  readonly #load: () => Promise<Sdk>;
  readonly #make: (sdk: Sdk, config: ClientConfig) => Client;
  #made: Promise<{ readonly sdk: Sdk; readonly client: Client }> | undefined;

  /** @param make is given the SDK's module and what the client is made with; the caller names its class. */
  constructor(access: AwsAccess, load: () => Promise<Sdk>, make: (sdk: Sdk, config: ClientConfig) => Client) {
    checkAccess(access);
    this.#access = access;
    this.#load = load;
    this.#make = make;
  }

  async open(): Promise<{ readonly sdk: Sdk; readonly client: Client }> {
    this.#made ??= this.#begin();
    try {
      return await this.#made;
    } catch (error) {
      this.#made = undefined;
      throw error;
    }
  }

  async #begin(): Promise<{ readonly sdk: Sdk; readonly client: Client }> {
    const [sdk, config] = await Promise.all([this.#load(), configOf(this.#access)]);
    return { sdk, client: withoutVersionWarning(() => this.#make(sdk, config)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const made = this.#made;
    this.#made = undefined;
    (await made?.catch(() => undefined))?.client.destroy();
  }
}
