import { readFile } from "node:fs/promises";
import { errors } from "./errors.ts";
import { type HostKey, readHostKey, sameKey } from "./host-key.ts";
import { hostFieldMatches } from "./host-pattern.ts";

export interface KnownHost {
  /** `@revoked` and `@cert-authority` lines; absent for a plain one. */
  readonly marker?: "revoked" | "cert-authority";
  readonly hosts: string;
  readonly key: HostKey;
  readonly file: string;
  readonly line: number;
}

/** What the known_hosts files say about a key that a host offered. */
export type Verdict =
  | { readonly kind: "known" | "revoked" | "changed" | "authority"; readonly entry: KnownHost }
  | { readonly kind: "unknown" };

const parseLine = (text: string, file: string, line: number): KnownHost | undefined => {
  const fields = text.trim().split(/[ \t]+/);
  const marker = fields[0]?.startsWith("@") === true ? fields.shift()?.slice(1) : undefined;
  if (marker !== undefined && marker !== "revoked" && marker !== "cert-authority") return undefined;
  const [hosts, type, base64] = fields;
  const key = type === undefined || base64 === undefined ? undefined : readHostKey(type, base64);
  if (hosts === undefined || key === undefined) {
    // A line that cannot be read never admits a host; a revocation that cannot be read must not be lost silently.
    if (marker === "revoked")
      throw errors.HWS_SSH_KNOWN_HOSTS([`${file}:${line}`, "its @revoked line holds no key"]);
    return undefined;
  }
  return { ...(marker !== undefined && { marker }), hosts, key, file, line };
};

/** Reads the text of a known_hosts file; lines of other formats are passed over, as ssh does. */
export const parseKnownHosts = (text: string, file: string): readonly KnownHost[] =>
  text.split("\n").flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    return parseLine(line, file, index + 1) ?? [];
  });

/** Reads several files into one list; one that is `optional` may be absent. */
export const readKnownHosts = async (
  files: readonly { readonly path: string; readonly optional: boolean }[],
): Promise<readonly KnownHost[]> => {
  const lists = await Promise.all(
    files.map(async ({ path, optional }) => {
      try {
        return parseKnownHosts(await readFile(path, "utf8"), path);
      } catch (cause) {
        const { code, message } = cause as NodeJS.ErrnoException;
        if (optional && code === "ENOENT") return [];
        if (code === undefined) throw cause;
        throw errors.HWS_SSH_KNOWN_HOSTS([path, message], { cause });
      }
    }),
  );
  return lists.flat();
};

/** The name under which known_hosts holds a server: `host`, or `[host]:port` when the port is not 22. */
export const knownHostsName = (host: string, port: number): string =>
  port === 22 ? host : `[${host}]:${port}`;

/** The entries for a server, those under its exact name apart from those under the name without a port. */
const entriesFor = (
  entries: readonly KnownHost[],
  host: string,
  port: number,
): { readonly named: readonly KnownHost[]; readonly portless: readonly KnownHost[] } => ({
  named: entries.filter((entry) => hostFieldMatches(entry.hosts, knownHostsName(host, port))),
  portless: port === 22 ? [] : entries.filter((entry) => hostFieldMatches(entry.hosts, host)),
});

/** Judges a key as OpenSSH does with StrictHostKeyChecking=yes; a name without a port may admit, never contradict. */
export const judge = (entries: readonly KnownHost[], host: string, port: number, key: HostKey): Verdict => {
  const { named, portless } = entriesFor(entries, host, port);
  const all = [...named, ...portless];
  const revoked = all.find((entry) => entry.marker === "revoked" && sameKey(entry.key, key));
  if (revoked !== undefined) return { kind: "revoked", entry: revoked };
  const plain = named.filter((entry) => entry.marker === undefined);
  const known = (plain.length > 0 ? plain : portless).find(
    (entry) => entry.marker === undefined && sameKey(entry.key, key),
  );
  if (known !== undefined) return { kind: "known", entry: known };
  const changed = plain.find((entry) => entry.key.type === key.type) ?? plain[0];
  if (changed !== undefined) return { kind: "changed", entry: changed };
  const authority = all.find((entry) => entry.marker === "cert-authority");
  return authority === undefined ? { kind: "unknown" } : { kind: "authority", entry: authority };
};

/** The types of the keys held for a server. */
export const knownTypes = (entries: readonly KnownHost[], host: string, port: number): readonly string[] => {
  const { named, portless } = entriesFor(entries, host, port);
  return [...named, ...portless].filter((entry) => entry.marker === undefined).map((entry) => entry.key.type);
};
