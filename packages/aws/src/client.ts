import { readFile } from "node:fs/promises";
import { type AwsAccess, checkAccess, originOf, refuse } from "./access.ts";

const connectMs = 10_000;
/** Without a byte in either direction. */
const silentMs = 20_000;

/** Of one call, when AWS throttles it, fails or is not reached. */
const attempts = 3;

type Silent = Readonly<Record<"trace" | "debug" | "info" | "warn" | "error", () => void>>;

const nothing = (): void => {};

/** Without one the SDK writes warnings to the console. */
const silent: Silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** What every client of the SDK is made with. */
export interface ClientConfig {
  readonly maxAttempts: number;
  readonly logger: Silent;
  readonly requestHandler: object;
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

const configOf = async (access: AwsAccess): Promise<ClientConfig> => {
  const { region, endpoint } = access;
  const ca = access.ca === undefined ? undefined : await readAuthorities(access.ca);
  const credentials = credentialsOf(access);
  return {
    // The engine tries a whole look again; of a look of many pages each would find a call that is throttled.
    maxAttempts: attempts,
    logger: silent,
    requestHandler: {
      connectionTimeout: connectMs,
      socketTimeout: silentMs,
      httpAgent: { keepAlive: true, maxSockets: 10 },
      httpsAgent: { keepAlive: true, maxSockets: 10, ...(ca !== undefined && { ca }) },
    },
    ...(credentials !== undefined && { credentials }),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint: originOf(endpoint), region: region ?? "us-east-1" }),
  };
};

const credentialsOf = ({ accessKeyId, secretAccessKey, sessionToken }: AwsAccess) => {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken !== undefined && { sessionToken: sessionToken.reveal() }),
  };
};

const readAuthorities = async (path: string): Promise<string> =>
  await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) =>
    refuse("ca", `${path} cannot be read (${cause.code})`),
  );

const silence = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/**
 * The SDK's first client of a process tells on standard error which Node its future versions need. That is no matter of
 * who deploys; the environment is as before when this returns, as nothing else runs in between.
 */
const withoutVersionWarning = <T>(make: () => T): T => {
  const before = process.env[silence];
  process.env[silence] = "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[silence];
    else process.env[silence] = before;
  }
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
