import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { freePort, waitForPort } from "./port.ts";

export interface GitSshServerOptions {
  /** The folder whose repositories are served; a URL's path is absolute. */
  readonly root: string;
  /** The address it listens on. Default: a random loopback address. */
  readonly host?: string;
  /** Whether the server lets clients speak protocol version 2, as hosting services do. Default true. */
  readonly protocol2?: boolean;
}

/** An own sshd on a port of its own that runs nothing but git-shell. */
export interface GitSshServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A key that may log in. */
  readonly privateKey: string;
  /** A key that may not. */
  readonly strangerKey: string;
  /** A known_hosts file with the server's key. */
  readonly knownHosts: string;
  /** Its files; also a place for a test's own. */
  readonly directory: string;
  url(repository: string): string;
  /** Restarts it with a new host key, as after a machine was replaced or somebody stepped in between. */
  changeHostKey(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const makeKey = async (file: string): Promise<void> => {
  await rm(file, { force: true });
  await rm(`${file}.pub`, { force: true });
  const argv = ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file];
  const result = await spawnProgram("ssh-keygen", argv);
  if (result.exitCode !== 0) throw new Error(`ssh-keygen: ${result.stderr}`);
};

/**
 * The key's forced command. git-shell serves git's own three commands; the option in the environment stands for what
 * a site with many owners would set for all of its repositories.
 */
const forced = 'restrict,command="git -c safe.directory=* shell -c \\"$SSH_ORIGINAL_COMMAND\\""';

const writeFiles = async (
  directory: string,
  options: GitSshServerOptions,
  host: string,
  port: number,
): Promise<void> => {
  const publicKey = await readFile(join(directory, "key.pub"), "utf8");
  await writeFile(join(directory, "authorized_keys"), `${forced} ${publicKey}`, { mode: 0o600 });
  const lines = [
    `ListenAddress ${host}:${port}`,
    `HostKey ${directory}/host_key`,
    `AuthorizedKeysFile ${directory}/authorized_keys`,
    `PidFile ${directory}/sshd.pid`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PubkeyAuthentication yes",
    "PermitRootLogin prohibit-password",
    "StrictModes no",
    "UsePAM no",
    "MaxStartups 100",
    ...(options.protocol2 === false ? [] : ["AcceptEnv GIT_PROTOCOL"]),
  ];
  await writeFile(join(directory, "sshd_config"), `${lines.join("\n")}\n`);
};

const start = async (directory: string, host: string, port: number): Promise<ChildProcess> => {
  // Privilege separation of a server that root starts needs this folder.
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(directory, "sshd_config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said = (said + chunk).slice(-4000);
  });
  await waitForPort(host, port, () => (child.exitCode === null ? undefined : said));
  return child;
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
};

export const startGitSshServer = async (options: GitSshServerOptions): Promise<GitSshServer> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-git-ssh-"));
  const host =
    options.host ?? `127.0.${1 + Math.floor(Math.random() * 200)}.${1 + Math.floor(Math.random() * 200)}`;
  const port = await freePort(host);
  for (const name of ["host_key", "key", "stranger"]) await makeKey(join(directory, name));
  await writeFiles(directory, options, host, port);
  const knownHosts = join(directory, "known_hosts");
  await writeFile(knownHosts, `[${host}]:${port} ${await readFile(join(directory, "host_key.pub"), "utf8")}`);
  await chmod(directory, 0o755);
  let child = await start(directory, host, port);
  const user = userInfo().username;
  return {
    host,
    port,
    user,
    privateKey: join(directory, "key"),
    strangerKey: join(directory, "stranger"),
    knownHosts,
    directory,
    url: (repository) => `ssh://${user}@${host}:${port}${join(options.root, repository)}`,
    changeHostKey: async () => {
      await stop(child);
      await makeKey(join(directory, "host_key"));
      child = await start(directory, host, port);
    },
    [Symbol.asyncDispose]: async () => {
      await stop(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
