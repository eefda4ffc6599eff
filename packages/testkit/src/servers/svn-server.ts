import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, waitForPort } from "./port.ts";

export interface SvnServerOptions {
  /** The folder whose repositories are served. */
  readonly root: string;
  /** Passwords by user. Absent: everybody may read. */
  readonly users?: Readonly<Record<string, string>>;
  /** The lines of an authz file. Default: every user may read all. */
  readonly authz?: string;
}

/** An own svnserve on a random port of loopback. */
export interface SvnServer extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  url(path: string): string;
}

const host = "127.0.0.1";

const writeFiles = async (directory: string, { users, authz }: SvnServerOptions): Promise<void> => {
  const lines = [
    "[general]",
    `anon-access = ${users === undefined ? "read" : "none"}`,
    "auth-access = read",
    "realm = test",
    ...(users === undefined ? [] : [`password-db = ${join(directory, "passwords")}`]),
    ...(authz === undefined ? [] : [`authz-db = ${join(directory, "authz")}`]),
  ];
  await writeFile(join(directory, "svnserve.conf"), `${lines.join("\n")}\n`);
  const passwords = Object.entries(users ?? {}).map(([user, password]) => `${user} = ${password}\n`);
  await writeFile(join(directory, "passwords"), `[users]\n${passwords.join("")}`);
  if (authz !== undefined) await writeFile(join(directory, "authz"), authz);
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
};

const launch = async (
  directory: string,
  root: string,
): Promise<{ child: ChildProcess; port: number } | string> => {
  const port = await freePort(host);
  // One process with threads, so that nothing outlives it.
  const argv = ["--daemon", "--foreground", "--threads", "--root", root, "--listen-host", host];
  const more = ["--listen-port", String(port), "--config-file", join(directory, "svnserve.conf")];
  const child = spawn("svnserve", [...argv, ...more], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.on("error", (error) => {
    said += error.message;
  });
  child.stderr?.on("data", (chunk) => {
    said = (said + String(chunk)).slice(-4000);
  });
  try {
    await waitForPort(host, port, () => (child.exitCode === null && said === "" ? undefined : said));
    return { child, port };
  } catch (error) {
    await end(child);
    return String(error);
  }
};

/** Starts the real svnserve. It needs `svnserve` in the path. */
export const startSvnServer = async (options: SvnServerOptions): Promise<SvnServer> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-svnserve-"));
  await writeFiles(directory, options);
  let launched: Awaited<ReturnType<typeof launch>> = "";
  // A port found free may be taken before svnserve binds it.
  for (let attempt = 0; attempt < 3 && typeof launched === "string"; attempt++) {
    launched = await launch(directory, options.root);
  }
  if (typeof launched === "string") {
    await rm(directory, { recursive: true, force: true });
    throw new Error(`svnserve did not start: ${launched}`);
  }
  const { child, port } = launched;
  return {
    host,
    port,
    url: (path) => `svn://${host}:${port}/${path}`,
    [Symbol.asyncDispose]: async () => {
      await end(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
