import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Credentials } from "../credentials.ts";
import { knownHostsName } from "../known-hosts.ts";
import type { SshTarget } from "../target.ts";
import { knownHostsFiles } from "../trust.ts";

/**
 * The settings of one ssh process, in a file of their own: unlike options in argv they also hold for the ssh
 * processes that `-J` starts for jump hosts. No other configuration is read.
 */
export interface Settings extends AsyncDisposable {
  readonly file: string;
  /** Options for the target alone, not for its jump hosts. */
  readonly argv: readonly string[];
  /** The path that a user knows, for one that ssh was given. */
  original(path: string): string;
}

/** ssh reads its settings as words, with `%` sequences in paths. */
const quoted = (path: string): string => `"${path.replaceAll("%", "%%")}"`;

const always: readonly string[] = [
  "BatchMode yes",
  "StrictHostKeyChecking yes",
  "GlobalKnownHostsFile /dev/null",
  "UpdateHostKeys no",
  "VerifyHostKeyDNS no",
  "CheckHostIP no",
  "ForwardAgent no",
  "ForwardX11 no",
  "PermitLocalCommand no",
  "ControlMaster no",
  "ControlPath none",
  "EscapeChar none",
  "RequestTTY no",
  "Compression no",
  "ServerAliveInterval 5",
  "ServerAliveCountMax 3",
  "ConnectionAttempts 1",
  // Host key, methods tried and the moment of login are told at this level; the rest of it is dropped.
  "LogLevel DEBUG1",
];

/** Puts a file under a name without surprises: paths of users may hold quotes and `${`, which ssh would read. */
const place = async (folder: string, name: string, path: string): Promise<string> => {
  const placed = join(folder, name);
  await symlink(resolve(path), placed);
  return placed;
};

const identity = async (folder: string, credentials: Credentials): Promise<readonly string[]> => {
  const lines = [`IdentityAgent ${credentials.agent === undefined ? "none" : "SSH_AUTH_SOCK"}`];
  const { key } = credentials;
  if (key === undefined) return [...lines, "IdentityFile none"];
  const path = join(folder, "identity");
  // The bytes of a key that has a place of its own are not copied: nothing of it may outlive a killed process.
  if (key.path === undefined) await writeFile(path, `${key.text.reveal().trimEnd()}\n`, { mode: 0o600 });
  else await place(folder, "identity", key.path);
  const certificate = `${key.path}-cert.pub`;
  if (key.path !== undefined && existsSync(certificate))
    await place(folder, "identity-cert.pub", certificate);
  if (credentials.agent === undefined) lines.push("IdentitiesOnly yes");
  return [...lines, `IdentityFile ${quoted(path)}`];
};

/** The keys that the inventory gives for the target are known by a file of their own. */
const inventoryKeys = async (folder: string, target: SshTarget, keys: readonly string[]): Promise<string> => {
  const name = knownHostsName(target.host, target.port ?? 22);
  const path = join(folder, "inventory_hosts");
  await writeFile(path, keys.map((key) => `${name} ${key.trim()}\n`).join(""));
  return path;
};

/** Writes the settings for one target; they are removed with the object. */
export const writeSettings = async (
  target: SshTarget,
  credentials: Credentials,
  connectTimeoutMs: number,
): Promise<Settings> => {
  const folder = await mkdtemp(join(tmpdir(), "hawser-ssh-"));
  const originals = new Map<string, string>();
  try {
    const files = await Promise.all(
      knownHostsFiles(target.knownHosts).map(async ({ path }, index) => {
        const placed = await place(folder, `known_hosts_${index}`, path);
        originals.set(placed, path);
        return placed;
      }),
    );
    const known = (paths: readonly string[]): string => `UserKnownHostsFile ${paths.map(quoted).join(" ")}`;
    const own = target.hostKeys && (await inventoryKeys(folder, target, target.hostKeys));
    const lines = [
      known(files),
      ...always,
      `ConnectTimeout ${Math.ceil(connectTimeoutMs / 1000)}`,
      ...(await identity(folder, credentials)),
    ];
    const file = join(folder, "config");
    await writeFile(file, `${lines.join("\n")}\n`);
    const argv = own === undefined ? [] : ["-o", known([own])];
    const clear = (): Promise<void> => rm(folder, { recursive: true, force: true });
    return { file, argv, original: (path) => originals.get(path) ?? path, [Symbol.asyncDispose]: clear };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};
