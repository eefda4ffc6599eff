import { connect as connectSocket, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Client, type ClientErrorExtensions, type ServerHostKeyAlgorithm } from "ssh2";
import { describe, type Hop } from "./address.ts";
import { authMethods, type Credentials, describeCredentials } from "./credentials.ts";
import { errors } from "./errors.ts";
import { hostKeyOf, preferredAlgorithms } from "./host-key.ts";
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

type Failure = Error & ClientErrorExtensions;

const dialError = (hop: Hop, options: DialOptions, error: Failure, offered: readonly string[]): Error => {
  const where = describe(hop);
  const cause = { cause: error };
  if (error.level === "client-authentication" || /authentication failures/i.test(error.message)) {
    const accepts = offered.length === 0 ? "" : `; the server accepts ${offered.join(", ")}`;
    return errors.HWS_TRANSPORT_AUTH(
      [where, hop.user, describeCredentials(options.credentials) + accepts],
      cause,
    );
  }
  if (/no matching|unsupported/i.test(error.message))
    return errors.HWS_SSH_ALGORITHMS([where, error.message], cause);
  return errors.HWS_TRANSPORT_UNREACHABLE([where, error.message], cause);
};

/**
 * Opens an authenticated connection to one SSH server, or says why not. The key of the server is judged before
 * anything is sent that the server could use.
 */
export const dial = (hop: Hop, options: DialOptions): Promise<Client> =>
  new Promise<Client>((resolve, reject) => {
    const client = new Client();
    const socket = options.through ?? openSocket(hop);
    const methods = [...authMethods(options.credentials, hop.user)];
    let refusal: Error | undefined;
    let offered: readonly string[] = [];

    const finish = (outcome: () => void): void => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", onAbort);
      outcome();
    };
    const fail = (error: Error): void =>
      finish(() => {
        socket.destroy();
        reject(refusal ?? error);
      });
    const onAbort = (): void => fail(options.signal.reason as Error);
    const timer = setTimeout(
      () =>
        fail(errors.HWS_TRANSPORT_UNREACHABLE([describe(hop), `no answer in ${connectTimeoutMs / 1000} s`])),
      connectTimeoutMs,
    );
    if (options.signal.aborted) return onAbort();
    options.signal.addEventListener("abort", onAbort, { once: true });

    client.on("error", (error: Failure) => {
      // An agent that cannot be asked is only one way of proving oneself: the next one is tried.
      if (error.level !== "agent") fail(dialError(hop, options, error, offered));
    });
    client.on("close", () =>
      fail(
        errors.HWS_TRANSPORT_UNREACHABLE([
          describe(hop),
          "it closed the connection before the login was done",
        ]),
      ),
    );
    client.on("ready", () => finish(() => resolve(client)));
    client.connect({
      sock: socket,
      username: hop.user,
      readyTimeout: 0,
      keepaliveInterval: 5000,
      keepaliveCountMax: 3,
      agentForward: false,
      algorithms: {
        serverHostKey: preferredAlgorithms(options.trust.types(hop)) as ServerHostKeyAlgorithm[],
      },
      hostVerifier: (blob: Buffer) => {
        refusal = options.trust.refuse(hop, hostKeyOf(blob));
        return refusal === undefined;
      },
      authHandler: (left, _partial, next) => {
        offered = left ?? offered;
        // `false` is how ssh2 is told that there is no other way; its types leave it out.
        next(methods.shift() ?? (false as never));
      },
    });
  });
