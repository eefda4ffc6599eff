import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, waitForPort } from "./port.ts";

export interface RsyncModule {
  /** The folder that is served. */
  readonly path: string;
  /** Who may read it. Default: everybody. */
  readonly logins?: Readonly<Record<string, string>>;
  /** More lines of rsyncd.conf(5) for this module. */
  readonly lines?: readonly string[];
}

/** The real rsync daemon on a random port of loopback. */
export interface RsyncDaemon extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** `rsync://[user@]host:port/path`; the path begins with a module's name. */
  url(path: string, user?: string): string;
  /** What it wrote so far: among it every connection. */
  log(): string;
}

/** As root the daemon would become `nobody`, who may not read a test's folders. */
const owner = (): readonly string[] =>
  process.getuid?.() === 0 ? [`uid = ${process.getuid()}`, `gid = ${process.getgid?.()}`] : [];

const configuration = (
  modules: Readonly<Record<string, RsyncModule>>,
  { directory, port }: { directory: string; port: number },
): string => {
  const sections = Object.entries(modules).flatMap(([name, { path, logins, lines = [] }]) => {
    const secrets = join(directory, `${name}.secrets`);
    if (logins !== undefined) {
      const text = Object.entries(logins).map(([user, password]) => `${user}:${password}\n`);
      writeFileSync(secrets, text.join(""), { mode: 0o600 });
    }
    const access = [`auth users = ${Object.keys(logins ?? {}).join(",")}`, `secrets file = ${secrets}`];
    return [`[${name}]`, `path = ${path}`, ...(logins === undefined ? [] : access), ...lines];
  });
  return [
    "address = 127.0.0.1",
    `port = ${port}`,
    `log file = ${join(directory, "log")}`,
    `lock file = ${join(directory, "lock")}`,
    "use chroot = no",
    "read only = yes",
    "reverse lookup = no",
    "socket options = TCP_NODELAY",
    ...owner(),
    ...sections,
    "",
  ].join("\n");
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
};

const launch = async (directory: string, port: number): Promise<ChildProcess> => {
  const argv = ["--daemon", "--no-detach", `--config=${join(directory, "rsyncd.conf")}`];
  const child = spawn("rsync", argv, { stdio: "ignore" });
  await waitForPort("127.0.0.1", port, () =>
    child.exitCode === null ? undefined : readFileSync(join(directory, "log"), "utf8"),
  );
  return child;
};

/** Starts a daemon that serves these modules, read-only. It needs `rsync` in the path. */
export const startRsyncDaemon = async (
  modules: Readonly<Record<string, RsyncModule>>,
): Promise<RsyncDaemon> => {
  const directory = mkdtempSync(join(tmpdir(), "hawser-rsyncd-"));
  let port = 0;
  let child: ChildProcess | undefined;
  // A port found free may be taken before the daemon binds it.
  for (let attempt = 0; child === undefined; attempt += 1) {
    port = await freePort("127.0.0.1");
    writeFileSync(join(directory, "rsyncd.conf"), configuration(modules, { directory, port }));
    child = await launch(directory, port).catch((error: unknown) => {
      if (attempt < 2) return undefined;
      rmSync(directory, { recursive: true, force: true });
      throw error;
    });
  }
  const running = child;
  return {
    host: "127.0.0.1",
    port,
    url: (path, user) => `rsync://${user === undefined ? "" : `${user}@`}127.0.0.1:${port}/${path}`,
    log: () => readFileSync(join(directory, "log"), "utf8"),
    [Symbol.asyncDispose]: async () => {
      await stop(running);
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
