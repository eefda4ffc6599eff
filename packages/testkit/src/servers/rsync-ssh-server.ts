import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort, waitForPort } from "./port.ts";
import { makeKey } from "./sshd-files.ts";

export interface RsyncSshServerOptions {
  /** What the key runs whatever is asked for, as in authorized_keys(5). Default: what is asked for. */
  readonly command?: string;
}

/** An own sshd on a port of its own whose key may run programs, rsync among them, and nothing else. */
export interface RsyncSshServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A key that may log in. */
  readonly privateKey: string;
  /** A key that may not. */
  readonly strangerKey: string;
  /** A known_hosts file with the server's key. */
  readonly knownHosts: string;
  /** `ssh://user@host:port/path` of a path on this machine. */
  url(path: string): string;
  /** A known_hosts file with another key for this server, as after somebody stepped in between. */
  knownHostsOfStranger(): string;
  /** A known_hosts file with its key for another address, as that of a proxy before it. */
  knownHostsOf(address: { readonly host: string; readonly port: number }): string;
}

const writeFiles = (
  folder: string,
  { host, port, command }: { host: string; port: number; command: string | undefined },
): void => {
  const forced = command === undefined ? "" : `,command="${command.replaceAll('"', '\\"')}"`;
  const key = readFileSync(join(folder, "key.pub"), "utf8");
  writeFileSync(join(folder, "authorized_keys"), `restrict${forced} ${key}`, { mode: 0o600 });
  const lines = [
    `ListenAddress ${host}:${port}`,
    `HostKey ${folder}/host_key`,
    `PidFile ${folder}/sshd.pid`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    "StrictModes no",
    "UsePAM no",
    "UseDNS no",
    "MaxStartups 100",
  ];
  writeFileSync(join(folder, "sshd_config"), `${lines.join("\n")}\n`);
};

const launch = async (folder: string, host: string, port: number): Promise<ChildProcess> => {
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(folder, "sshd_config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said = (said + String(chunk)).slice(-4000);
  });
  await waitForPort(host, port, () => (child.exitCode === null ? undefined : said));
  return child;
};

export const startRsyncSshServer = async ({
  command,
}: RsyncSshServerOptions = {}): Promise<RsyncSshServer> => {
  // Privilege separation of a server that root starts needs this folder.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "hawser-rsync-ssh-"));
  const host = `127.0.${1 + Math.floor(Math.random() * 200)}.${1 + Math.floor(Math.random() * 200)}`;
  const port = await freePort(host);
  const [hostKey, , strangerHostKey] = [
    await makeKey(join(folder, "host_key")),
    await makeKey(join(folder, "key")),
    await makeKey(join(folder, "stranger")),
  ];
  writeFiles(folder, { host, port, command });
  const child = await launch(folder, host, port);
  const knownHosts = (name: string, at: { host: string; port: number }, key: string): string => {
    const file = join(folder, `known_hosts.${name}`);
    writeFileSync(file, `[${at.host}]:${at.port} ${key}\n`);
    return file;
  };
  const user = userInfo().username;
  return {
    host,
    port,
    user,
    privateKey: join(folder, "key"),
    strangerKey: join(folder, "stranger"),
    knownHosts: knownHosts("own", { host, port }, hostKey),
    url: (path) => `ssh://${user}@${host}:${port}${path}`,
    knownHostsOfStranger: () => knownHosts("stranger", { host, port }, strangerHostKey),
    knownHostsOf: (address) => knownHosts(String(address.port), address, hostKey),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
