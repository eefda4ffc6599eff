import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Channel } from "@hawser/core/plugin";
import { describe, type Hop } from "../address.ts";
import type { Shell } from "../connection.ts";
import { type Credentials, describeCredentials, readCredentials } from "../credentials.ts";
import { connectTimeoutMs } from "../dial.ts";
import { errors } from "../errors.ts";
import { type Patience, within } from "../patience.ts";
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
  readonly #shells = new Set<Shell>();

  async connect(target: SshTarget, context: ConnectContext): Promise<Shell> {
    const way = wayTo(target);
    const credentials = await readCredentials(target);
    const settings = await writeSettings(target, credentials, connectTimeoutMs);
    const children = new Set<SshProcess>();
    const where = describe(way[way.length - 1] as Hop);
    const shells = this.#shells;
    const shell: Shell = {
      where,
      start: (command) =>
        this.#turns.run(describe(way[0] as Hop), context.signal, () =>
          start({ way, where, credentials, settings, children }, command, context.signal),
        ),
      async [Symbol.asyncDispose]() {
        shells.delete(shell);
        for (const child of children) endGroup(child);
        await settings[Symbol.asyncDispose]();
      },
    };
    shells.add(shell);
    return shell;
  }

  /** Ends every process that is left, and removes its settings. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#shells].map((shell) => shell[Symbol.asyncDispose]()));
  }
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

const startProcess = (from: Start, command: string): SshProcess => {
  const child: SshProcess = spawn("ssh", sshArgv(from.settings, from.way, command), {
    stdio: ["pipe", "pipe", "pipe"],
    env: environment(from.credentials),
    // A group of its own holds the processes of jump hosts too.
    detached: true,
  });
  from.children.add(child);
  // Writing to a program that has just ended is no news: `closed` tells.
  child.stdin.on("error", () => undefined);
  return child;
};

const start = async (from: Start, command: string, signal: AbortSignal): Promise<Channel> => {
  signal.throwIfAborted();
  const child = startProcess(from, command);
  let letIn = (): void => undefined;
  const login = new Login(from.way.length, () => letIn());
  child.stderr.on("data", (chunk: Buffer) => login.add(chunk));
  const closed = new Promise<string>((resolve) =>
    child.once("close", (code, killedBy) => {
      from.children.delete(child);
      login.end();
      resolve(ending(login, from.where, code, killedBy));
    }),
  );
  const loggedIn = new Promise<void>((resolve, reject) => {
    letIn = resolve;
    child.once("error", (cause) => reject(errors.HWS_SSH_PROGRAM([cause.message], { cause })));
    void closed.then(() => reject(loginError(login, failureOf(from), from.settings.original)));
  });
  try {
    await within(loggedIn, signal, patience(from));
  } catch (error) {
    endGroup(child);
    throw error;
  }
  return { readable: child.stdout, writable: child.stdin, closed, close: () => endGroup(child) };
};
const patience = ({ way, where }: Start): Patience => {
  const limitMs = connectTimeoutMs * way.length;
  return {
    limitMs,
    late: () => errors.HWS_TRANSPORT_UNREACHABLE([where, `no answer in ${limitMs / 1000} s`]),
  };
};

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
