import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort, waitForPort } from "./port.ts";
import { makeKey, writeSshdConfig } from "./sshd-files.ts";

/** An own sshd on a random port of loopback that runs nothing but svnserve. */
export interface SvnSshServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A key that may log in. */
  readonly privateKey: string;
  /** A key that may not. */
  readonly strangerKey: string;
  /** A known_hosts file with the server's key. */
  readonly knownHosts: string;
  url(path: string): string;
  /** Restarts it with a new host key, as after a machine was replaced or somebody stepped in between. */
  changeHostKey(): Promise<void>;
}

const start = async (config: string, host: string, port: number): Promise<ChildProcess> => {
  // Privilege separation of a server that root starts needs this folder.
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said = (said + chunk).slice(-4000);
  });
  await waitForPort(host, port, () => (child.exitCode === null ? undefined : said));
  return child;
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
};

/**
 * @param root the folder whose repositories are served; the path of a URL begins there.
 */
export const startSvnSshServer = async ({ root }: { readonly root: string }): Promise<SvnSshServer> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-svn-ssh-"));
  const host = `127.0.${1 + Math.floor(Math.random() * 200)}.${1 + Math.floor(Math.random() * 200)}`;
  const port = await freePort(host);
  const hostKey = join(directory, "svn_host_key");
  const privateKey = join(directory, "key");
  const publicKey = await makeKey(privateKey);
  await makeKey(join(directory, "stranger"));
  const knownHosts = join(directory, "known_hosts");
  await writeFile(knownHosts, `[${host}]:${port} ${await makeKey(hostKey)}\n`);
  const forced = `restrict,command="svnserve -t -r '${root}'" ${publicKey}\n`;
  await writeFile(join(directory, "authorized_keys"), forced, { mode: 0o600 });
  const config = join(directory, "sshd_config");
  const path = process.env.PATH ?? "/usr/bin:/bin";
  writeSshdConfig(config, { folder: directory, name: "svn", address: host, port, path, options: {} });
  await chmod(directory, 0o755);
  let child = await start(config, host, port);
  const user = userInfo().username;
  return {
    host,
    port,
    user,
    privateKey,
    strangerKey: join(directory, "stranger"),
    knownHosts,
    url: (repository) => `svn+ssh://${user}@${host}:${port}/${repository}`,
    changeHostKey: async () => {
      await stop(child);
      for (const file of [hostKey, `${hostKey}.pub`]) await rm(file);
      await makeKey(hostKey);
      child = await start(config, host, port);
    },
    [Symbol.asyncDispose]: async () => {
      await stop(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
