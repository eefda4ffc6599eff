import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Channel } from "@hawser/core/plugin";
import { describe, type Hop } from "../address.ts";
import type { Shell } from "../connection.ts";
import { type Credentials, describeCredentials, readCredentials } from "../credentials.ts";
import { connectTimeoutMs } from "../dial.ts";
import { errors } from "../errors.ts";
import { type ConnectContext, type SshTarget, wayTo } from "../target.ts";
import { Turns } from "../turns.ts";
import { Login, loginError } from "./login.ts";
import { type Settings, writeSettings } from "./settings.ts";

type SshProcess = ChildProcessByStdio<Writable, Readable, Readable>;

const hopText = (hop: Hop): string => `${hop.user}@${describe(hop)}`;

/** The whole argv: fixed options, then `--`, so that no host name can be an option. */
export const sshArgv = (
  settings: Pick<Settings, "file" | "argv">,
  way: readonly Hop[],
  command: string,
): readonly string[] => {
  const hop = way[way.length - 1] as Hop;
  const jumps = way.slice(0, -1);
  return [
    ...["-F", settings.file, ...settings.argv, "-T", "-l", hop.user, "-p", String(hop.port)],
    ...(jumps.length === 0 ? [] : ["-J", jumps.map(hopText).join(",")]),
    ...["--", hop.host, command],
  ];
};

const endGroup = (child: SshProcess): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
  } catch {
    // The whole group has ended.
  }
};

/** Starts commands on other machines with the ssh program of this machine, one process each. */
export class SshProgram implements AsyncDisposable {
  readonly #turns = new Turns();

  async connect(target: SshTarget, context: ConnectContext): Promise<Shell> {
    const way = wayTo(target);
    const credentials = await readCredentials(target);
    const settings = await writeSettings(target, credentials, connectTimeoutMs);
    const children = new Set<SshProcess>();
    const where = describe(way[way.length - 1] as Hop);
    return {
      where,
      start: (command) =>
        this.#turns.run(describe(way[0] as Hop), context.signal, () =>
          start({ way, where, credentials, settings, children }, command, context.signal),
        ),
      async [Symbol.asyncDispose]() {
        for (const child of children) endGroup(child);
        await settings[Symbol.asyncDispose]();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

interface Start {
  readonly way: readonly Hop[];
  readonly where: string;
  readonly credentials: Credentials;
  readonly settings: Settings;
  readonly children: Set<SshProcess>;
}

const environment = (credentials: Credentials): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
  LANG: "C.UTF-8",
  ...(credentials.agent !== undefined && { SSH_AUTH_SOCK: credentials.agent }),
});

const start = (from: Start, command: string, signal: AbortSignal): Promise<Channel> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child: SshProcess = spawn("ssh", sshArgv(from.settings, from.way, command), {
      stdio: ["pipe", "pipe", "pipe"],
      env: environment(from.credentials),
      // A group of its own holds the processes of jump hosts too.
      detached: true,
    });
    from.children.add(child);
    const finish = (outcome: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      outcome();
    };
    const give = (error: Error): void =>
      finish(() => {
        endGroup(child);
        reject(error);
      });
    const onAbort = (): void => give(signal.reason as Error);
    const timer = setTimeout(() => give(unanswered(from)), connectTimeoutMs * from.way.length);
    signal.addEventListener("abort", onAbort, { once: true });
    const login = new Login(from.way.length, () => finish(() => resolve(channel)));
    child.stderr.on("data", (chunk: Buffer) => login.add(chunk));
    child.stdin.on("error", () => undefined);
    child.once("error", (cause) => finish(() => reject(errors.HWS_SSH_PROGRAM([cause.message], { cause }))));
    const closed = new Promise<string>((ended) =>
      child.once("close", (code, killedBy) => {
        from.children.delete(child);
        login.end();
        if (!login.done) give(loginError(login, failureOf(from), (path) => from.settings.original(path)));
        ended(ending(login, from.where, code, killedBy));
      }),
    );
    const channel: Channel = {
      readable: child.stdout,
      writable: child.stdin,
      closed,
      close: () => endGroup(child),
    };
  });

const unanswered = (from: Start): Error =>
  errors.HWS_TRANSPORT_UNREACHABLE([
    from.where,
    `no answer in ${(connectTimeoutMs * from.way.length) / 1000} s`,
  ]);

const failureOf = (from: Start): { where: string; user: string; tried: string } => ({
  where: from.where,
  user: (from.way[from.way.length - 1] as Hop).user,
  tried: describeCredentials(from.credentials),
});

/** ssh ends with 255 when the connection fails; a command may do so too, which makes no difference to a session. */
const ending = (login: Login, where: string, code: number | null, killedBy: string | null): string => {
  const said = String(login.said);
  const how =
    code === 255
      ? `the connection to ${where} was lost`
      : `the command ended with ${code === null ? (killedBy ?? "a signal") : `status ${code}`}`;
  return said === "" ? how : `${how}: ${said}`;
};
