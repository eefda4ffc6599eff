import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallContext, Session } from "../../src/contracts/transport.ts";
import { hostBoot } from "../../src/host/boot.ts";
import { Host } from "../../src/host/host.ts";
import { hostProgram } from "../../src/host/program.ts";
import { type Channel, openSession, type SessionLimits } from "../../src/host/session.ts";
import { folder } from "./trees.ts";

/** A shell as an instance would have it: the folder that stands first in PATH, and `sh` in it. */
export interface InstanceShell {
  readonly name: string;
  readonly path: string;
}

/** A folder whose `sh` is the given shell, in front of the machine's own tools. */
const withShell = (shell: string): string => {
  const tools = folder();
  execFileSync("ln", [
    "-s",
    execFileSync("sh", ["-c", `command -v ${shell}`], { encoding: "utf8" }).trim(),
    join(tools, "sh"),
  ]);
  return `${tools}:${process.env.PATH}`;
};

/** Only busybox: its shell and its applets, as on a small image. */
const onlyBusybox = (): string => {
  const tools = folder();
  execFileSync("busybox", ["--install", "-s", tools]);
  // An applet too, where busybox is built for a whole system.
  execFileSync("ln", ["-sf", "/bin/su", join(tools, "su")]);
  return tools;
};

export const shells: readonly InstanceShell[] = [
  { name: "dash with GNU tools", path: withShell("dash") },
  { name: "bash with GNU tools", path: withShell("bash") },
  { name: "busybox ash with its own applets", path: onlyBusybox() },
];

export const context = (fields: Partial<CallContext> = {}): CallContext => ({
  signal: new AbortController().signal,
  logger: { debug: () => {}, info: () => {}, warn: () => {} },
  progress: () => {},
  ...fields,
});

export interface LiveHost extends AsyncDisposable {
  readonly host: Host;
  readonly session: Session;
  readonly child: ChildProcess;
}

export interface LiveOptions {
  readonly path?: string;
  readonly keep?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: SessionLimits;
  /** What a login shell prints first. */
  readonly banner?: string;
}

/** Ends the host program with the verb it works on; commands have sessions of their own. */
export const killGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

/** The channel of a child process, as every transport makes one. */
export const channelOf = (child: ChildProcess): Channel => ({
  readable: child.stdout!,
  writable: child.stdin!,
  closed: new Promise((resolve) =>
    child.on("close", (code, signal) => resolve(`it ended with ${signal ?? code}`)),
  ),
  close: () => {
    child.stdin!.destroy();
    child.stdout!.destroy();
    killGroup(child, "SIGTERM");
  },
});

/** The host program in a child process over pipes. */
export const liveHost = async (root: string, options: LiveOptions = {}): Promise<LiveHost> => {
  const path = options.path ?? process.env.PATH!;
  const first = path.split(":")[0]!;
  const shell = existsSync(join(first, "sh")) ? join(first, "sh") : "sh";
  const command = options.banner === undefined ? hostBoot : `printf '${options.banner}'; ${hostBoot}`;
  const child = spawn(shell, ["-c", command], {
    env: { PATH: path, HOME: tmpdir(), ...options.env },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const instance = { id: "i-1", address: "localhost", roles: ["web"], lifecycle: "inService" } as const;
  const request = { instance, program: hostProgram(), root, keep: options.keep ?? true };
  const session = await openSession(channelOf(child), request, context(), options.limits);
  return {
    host: new Host(session),
    session,
    child,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
};
