import { connect as connectSocket, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Client, type ClientErrorExtensions, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { describe, type Hop } from "./address.ts";
import { authMethods } from "./auth-methods.ts";
import { type Credentials, describeCredentials } from "./credentials.ts";
import { errors } from "./errors.ts";
import { hostKeyOf, preferredAlgorithms } from "./host-key.ts";
import { within } from "./patience.ts";
import type { Trust } from "./trust.ts";

/** How long the way to an open, authenticated connection may take. */
export const connectTimeoutMs = 20_000;

export interface DialOptions {
  readonly trust: Trust;
  readonly credentials: Credentials;
  /** A stream to the server through a jump host; else a TCP connection is made. */
  readonly through?: Duplex;
  readonly signal: AbortSignal;
}

const openSocket = (hop: Hop): Socket => connectSocket({ host: hop.host, port: hop.port, noDelay: true });

/** What is learnt on the way to the login, and needed to say why it failed. */
interface Findings {
  refusal?: Error;
  accepted?: readonly string[];
}

type Failure = Error & ClientErrorExtensions;

const dialError = (hop: Hop, options: DialOptions, error: Failure, findings: Findings): Error => {
  const where = describe(hop);
  const cause = { cause: error };
  if (error.level === "client-authentication" || /authentication failures/i.test(error.message)) {
    const { accepted } = findings;
    const accepts = accepted === undefined ? "" : `; the server accepts ${accepted.join(", ")}`;
    return errors.HWS_TRANSPORT_AUTH(
      [where, hop.user, describeCredentials(options.credentials) + accepts],
      cause,
    );
  }
  if (/no matching|unsupported/i.test(error.message))
    return errors.HWS_SSH_ALGORITHMS([where, error.message], cause);
  return errors.HWS_TRANSPORT_UNREACHABLE([where, error.message], cause);
};

const settings = (hop: Hop, options: DialOptions, findings: Findings): ConnectConfig => {
  const methods = [...authMethods(options.credentials, hop.user)];
  return {
    username: hop.user,
    readyTimeout: 0,
    keepaliveInterval: 5000,
    keepaliveCountMax: 3,
    agentForward: false,
    algorithms: {
      serverHostKey: preferredAlgorithms(options.trust.types(hop)) as ServerHostKeyAlgorithm[],
    },
    hostVerifier: (blob: Buffer) => {
      const refusal = options.trust.refuse(hop, hostKeyOf(blob));
      if (refusal !== undefined) findings.refusal = refusal;
      return refusal === undefined;
    },
    authHandler: (left, _partial, next) => {
      // ssh2 has nothing to tell before the first try.
      if (left !== null) findings.accepted = left;
      // `false` is how ssh2 is told that there is no other way; its types leave it out.
      next(methods.shift() ?? (false as never));
    },
  };
};

/** The first word on the login. */
const loggedIn = (client: Client, hop: Hop, options: DialOptions, findings: Findings): Promise<void> =>
  new Promise<void>((resolve, reject) => {
    client.on("ready", resolve);
    client.on("error", (error: Failure) => {
      // An agent that cannot be asked is only one way of proving oneself: the next one is tried.
      if (error.level !== "agent") reject(findings.refusal ?? dialError(hop, options, error, findings));
    });
    client.on("close", () => {
      const why = "it closed the connection before the login was done";
      reject(findings.refusal ?? errors.HWS_TRANSPORT_UNREACHABLE([describe(hop), why]));
    });
  });

/** An authenticated connection, and what carries it. */
export interface Dialled {
  readonly client: Client;
  readonly socket: Duplex;
}

/**
 * Opens an authenticated connection to one SSH server, or says why not. The key of the server is judged before
 * anything is sent that the server could use.
 */
export const dial = async (hop: Hop, options: DialOptions): Promise<Dialled> => {
  const client = new Client();
  const socket = options.through ?? openSocket(hop);
  // An error after the login is told by the end of the connection, which must come.
  client.on("error", (error: Failure) => error.level !== "agent" && socket.destroy());
  try {
    options.signal.throwIfAborted();
    const findings: Findings = {};
    const login = loggedIn(client, hop, options, findings);
    client.connect({ ...settings(hop, options, findings), sock: socket });
    await within(login, options.signal, {
      limitMs: connectTimeoutMs,
      late: () =>
        errors.HWS_TRANSPORT_UNREACHABLE([describe(hop), `no answer in ${connectTimeoutMs / 1000} s`]),
    });
    return { client, socket };
  } catch (error) {
    socket.destroy();
    throw error;
  }
};
