import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mustRun } from "./command.ts";
import { freePort, waitForPort } from "./port.ts";
import { makeKey } from "./sshd-files.ts";

const jailProgram = fileURLToPath(new URL("../../programs/sftp-jail.sh", import.meta.url));

export interface SftpServerOptions {
  /** How a password is taken, beside the key. Needs root. Default: not at all. */
  readonly password?: "password" | "keyboardInteractive";
  /** Lines for its sshd_config; of two lines for one setting sshd takes the first. */
  readonly sshd?: readonly string[];
}

/**
 * Debian's sshd with `ForceCommand internal-sftp`. When root starts it, its user is a made up one, shut in a chroot that
 * holds nothing but `/files`.
 */
export interface SftpServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  readonly password: string;
  /** A known_hosts file with its key. */
  readonly knownHosts: string;
  /** `type base64` */
  readonly hostKey: string;
  /** What is served, as this machine names it. */
  readonly directory: string;
  /** What is served, as the server names it. */
  readonly path: string;
  /** A known_hosts file with its key for another address, as that of a proxy before it. */
  knownHostsOf(address: { readonly host: string; readonly port: number }): string;
  /** What it wrote so far: among it every session that was started. */
  log(): string;
}

interface Place {
  readonly folder: string;
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly jailed: boolean;
}

const password = "correct horse battery staple";

const configuration = ({ folder, host, port, jailed }: Place, options: SftpServerOptions): string => {
  const yes = (wanted: boolean): string => (wanted ? "yes" : "no");
  return [
    ...(options.sshd ?? []),
    `ListenAddress ${host}:${port}`,
    `HostKey ${folder}/host_key`,
    `PidFile ${folder}/sshd.pid`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    `PasswordAuthentication ${yes(options.password === "password")}`,
    `KbdInteractiveAuthentication ${yes(options.password === "keyboardInteractive")}`,
    `UsePAM ${yes(options.password === "keyboardInteractive")}`,
    "Subsystem sftp internal-sftp",
    "ForceCommand internal-sftp",
    ...(jailed ? ["ChrootDirectory /srv"] : []),
    "AllowTcpForwarding no",
    "StrictModes no",
    "UseDNS no",
    "MaxStartups 100",
    "LogLevel VERBOSE",
    "",
  ].join("\n");
};

const start = async (place: Place): Promise<{ child: ChildProcess; log: () => string }> => {
  const { folder, directory, host, port, jailed } = place;
  let child: ChildProcess;
  if (jailed) {
    const hash = (await mustRun("openssl", ["passwd", "-6", password])).trim();
    child = spawn(
      "setpriv",
      [
        ...["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
        ...["sh", jailProgram],
      ],
      {
        stdio: ["ignore", "ignore", "pipe"],
        env: {
          PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
          FOLDER: folder,
          DIRECTORY: directory,
          PASSWORD_HASH: hash,
        },
      },
    );
  } else {
    child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(folder, "sshd_config")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
  }
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += String(chunk);
  });
  await waitForPort(host, port, () => (child.exitCode === null ? undefined : said));
  return { child, log: () => said };
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
};

export const startSftpServer = async (options: SftpServerOptions = {}): Promise<SftpServer> => {
  const jailed = process.platform === "linux" && process.getuid?.() === 0;
  if (options.password !== undefined && !jailed) throw new Error("an sshd that takes passwords needs root");
  // Privilege separation of a server that root starts needs this folder.
  if (jailed) mkdirSync("/run/sshd", { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "hawser-sftp-"));
  chmodSync(folder, 0o755);
  const directory = join(folder, "files");
  mkdirSync(directory);
  const host = `127.0.${1 + Math.floor(Math.random() * 200)}.${1 + Math.floor(Math.random() * 200)}`;
  const place: Place = { folder, directory, host, port: await freePort(host), jailed };
  const hostKey = await makeKey(join(folder, "host_key"));
  await makeKey(join(folder, "user_key"));
  copyFileSync(join(folder, "user_key.pub"), join(folder, "authorized_keys"));
  writeFileSync(join(folder, "sshd_config"), configuration(place, options));
  const { child, log } = await start(place);
  const knownHostsOf = (address: { readonly host: string; readonly port: number }): string => {
    const file = join(folder, `known_hosts.${address.host}.${address.port}`);
    writeFileSync(file, `[${address.host}]:${address.port} ${hostKey}\n`);
    return file;
  };
  return {
    host,
    port: place.port,
    user: jailed ? "files" : userInfo().username,
    privateKey: join(folder, "user_key"),
    password,
    knownHosts: knownHostsOf(place),
    hostKey,
    directory,
    path: jailed ? "/files" : directory,
    knownHostsOf,
    log,
    [Symbol.asyncDispose]: async () => {
      await stop(child);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
};
