import { userInfo } from "node:os";
import { HawserError, type OperationContext, type Problem } from "@hawser/core/plugin";
import { type Connection, describe, Routes, type Sftp, type SshTarget } from "@hawser/ssh";
import { errors } from "./errors.ts";
import type { SftpSourceOptions } from "./options.ts";

const control = /\p{Cc}/u;
const refGrammar = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/+@-]{0,254}$/;

/** A path has one state and no names for others. */
export const refuseRef = (ref: string | undefined, url: string): void => {
  if (ref === undefined) return;
  if (!refGrammar.test(ref)) throw errors.HWS_SOURCE_REF_INVALID([ref]);
  throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, url]);
};

const targetOf = (options: SftpSourceOptions): SshTarget => {
  const { host, port, user, privateKey, agent, password, knownHosts, jump } = options;
  return {
    host,
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(privateKey !== undefined && { privateKey }),
    ...(agent !== undefined && { agent }),
    ...(password !== undefined && { password }),
    ...(knownHosts !== undefined && {
      knownHosts: typeof knownHosts === "string" ? [knownHosts] : knownHosts,
    }),
    ...(jump !== undefined && { jump }),
  };
};

/** Whether it is the server's word that a path is not there. */
export const isMissing = (error: unknown): boolean =>
  HawserError.is(error, "HWS_SSH_SFTP_STATUS") && error.details.status === "missing";

/** A path on a server, and the way to it. */
export class RemotePlace {
  readonly path: string;
  /** For people, without credentials. */
  readonly url: string;
  readonly #target: SshTarget;

  constructor(options: SftpSourceOptions) {
    const { path, host, port = 22, user = userInfo().username } = options;
    if (control.test(path) || path.length > 3072)
      throw errors.HWS_SFTP_OPTION(["path", "it holds control characters or is too long"]);
    if (path.startsWith("~"))
      throw errors.HWS_SFTP_OPTION(["path", "SFTP knows no ~; a relative path starts where the login does"]);
    this.path = path;
    this.url = `sftp://${user}@${describe({ host, port })}${path.startsWith("/") ? "" : "/"}${path}`;
    this.#target = targetOf(options);
  }

  /** The real path, without links: what the path leads to may be switched at any time. */
  async find(sftp: Sftp): Promise<string> {
    try {
      return await sftp.realPath(this.path);
    } catch (error) {
      throw isMissing(error) ? errors.HWS_SFTP_NOT_FOUND([this.url], { cause: error }) : error;
    }
  }

  /** Works with sessions of SFTP, each on a connection of its own, which end with the work or with the signal. */
  async visit<T>(
    count: number,
    context: OperationContext,
    work: (sessions: readonly [Sftp, ...Sftp[]]) => Promise<T>,
  ): Promise<T> {
    const opened = await this.open(count, context);
    try {
      return await work(opened.sessions);
    } catch (error) {
      context.signal.throwIfAborted();
      throw error;
    } finally {
      await opened[Symbol.asyncDispose]();
    }
  }

  /** Opens sessions that end when they are disposed, or with the signal. */
  async open(count: number, context: OperationContext): Promise<OpenSessions> {
    context.signal.throwIfAborted();
    const routes = new Routes();
    const connections: Connection[] = [];
    const end = async (): Promise<void> => {
      context.signal.removeEventListener("abort", onAbort);
      await Promise.all(connections.map((connection) => connection[Symbol.asyncDispose]()));
      await routes[Symbol.asyncDispose]();
    };
    const onAbort = (): void => void end();
    context.signal.addEventListener("abort", onAbort, { once: true });
    const connect = async (): Promise<Sftp> => {
      const connection = await routes.connect(this.#target, context);
      connections.push(connection);
      return await connection.sftp();
    };
    try {
      const sessions = await Promise.all([connect(), ...Array.from({ length: count - 1 }, connect)]);
      return { sessions, [Symbol.asyncDispose]: end };
    } catch (error) {
      await end();
      context.signal.throwIfAborted();
      throw error;
    }
  }

  /** What an error means once a revision was named: what is not there any more was there. */
  moved(error: unknown): unknown {
    return HawserError.is(error, "HWS_SFTP_NOT_FOUND")
      ? errors.HWS_SOURCE_MOVED([this.url, ""], { cause: error })
      : error;
  }

  /** What keeps a look at the place from succeeding. */
  async problems(look: () => Promise<unknown>): Promise<readonly Problem[]> {
    try {
      await look();
      return [];
    } catch (error) {
      if (!HawserError.is(error)) throw error;
      const { code, message, hint } = error;
      return [{ code, message, ...(hint !== undefined && { hint }), where: "source", severity: "error" }];
    }
  }
}

export interface OpenSessions extends AsyncDisposable {
  readonly sessions: readonly [Sftp, ...Sftp[]];
}
