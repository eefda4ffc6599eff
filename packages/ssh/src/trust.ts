import { homedir } from "node:os";
import { join } from "node:path";
import type { HawserError } from "@hawser/core/plugin";
import { describe } from "./address.ts";
import { errors } from "./errors.ts";
import { fingerprint, type HostKey, parseHostKey, sameKey } from "./host-key.ts";
import {
  judge,
  type KnownHost,
  knownHostsName,
  knownTypes,
  readKnownHosts,
  type Verdict,
} from "./known-hosts.ts";

/** Decides which host keys are believed. There is no way to believe any. */
export interface Trust {
  /** What is wrong with a key that a server offered; undefined when it is believed. */
  refuse(server: { readonly host: string; readonly port: number }, key: HostKey): HawserError | undefined;
  /** The types of the keys that are believed for a server. */
  types(server: { readonly host: string; readonly port: number }): readonly string[];
}

/** The files that are read when none are named; they may be absent. */
export const defaultKnownHosts = (): readonly string[] => [
  join(homedir(), ".ssh", "known_hosts"),
  "/etc/ssh/ssh_known_hosts",
];

export const knownHostsFiles = (
  paths: readonly string[] | undefined,
): readonly { readonly path: string; readonly optional: boolean }[] =>
  paths === undefined
    ? defaultKnownHosts().map((path) => ({ path, optional: true }))
    : paths.map((path) => ({ path, optional: false }));

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const explain = (
  verdict: Verdict,
  name: string,
  line: string,
  file: string,
): { why: string; hint: string } => {
  const add = `echo ${shellQuoted(line)} >> ${shellQuoted(file)}`;
  if (verdict.kind === "unknown")
    return {
      why: "and known_hosts holds no key for it",
      hint: `Compare the fingerprint with the one that the machine itself shows (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub); if they are equal: ${add}`,
    };
  const where = `${verdict.entry.file}:${verdict.entry.line}`;
  if (verdict.kind === "revoked")
    return {
      why: `which ${where} revokes`,
      hint: "The key is known to be stolen or retired: give the machine a new one.",
    };
  if (verdict.kind === "authority")
    return {
      why: `and ${where} believes certificates of an authority only`,
      hint: "The ssh2 driver cannot check host certificates: set `driver: openssh`, or add the plain host key to known_hosts.",
    };
  return {
    why: `but ${where} holds ${verdict.entry.key.type} ${fingerprint(verdict.entry.key)}`,
    hint: `Somebody may be between you and the machine. Only if you know that it was installed anew: ssh-keygen -R ${shellQuoted(name)} -f ${shellQuoted(verdict.entry.file)} && ${add}`,
  };
};

/** The error for a key that known_hosts does not admit. */
export const refusal = (
  server: { readonly host: string; readonly port: number },
  key: HostKey,
  verdict: Verdict,
  file: string,
): HawserError => {
  const name = knownHostsName(server.host, server.port);
  const line = `${name} ${key.type} ${key.blob.toString("base64")}`;
  const { why, hint } = explain(verdict, name, line, file);
  return errors.HWS_TRANSPORT_HOST_KEY([describe(server), key.type, fingerprint(key), why], {
    hint,
    details: { host: describe(server), type: key.type, fingerprint: fingerprint(key), verdict: verdict.kind },
  });
};

/** Believes what known_hosts files hold; by default the user's and the machine's own. */
export const trustKnownHosts = async (paths: readonly string[] | undefined): Promise<Trust> => {
  const files = knownHostsFiles(paths);
  const entries: readonly KnownHost[] = await readKnownHosts(files);
  const first = files[0]?.path ?? "known_hosts";
  return {
    refuse: (server, key) => {
      const verdict = judge(entries, server.host, server.port, key);
      return verdict.kind === "known" ? undefined : refusal(server, key, verdict, first);
    },
    types: (server) => knownTypes(entries, server.host, server.port),
  };
};

/** Believes exactly the given keys, in the form of OpenSSH public keys. */
export const trustKeys = (lines: readonly string[]): Trust => {
  const keys = lines.map((line) => {
    const key = parseHostKey(line);
    if (key === undefined) throw errors.HWS_SSH_HOST(["the host key", line]);
    return key;
  });
  return {
    refuse: (server, key) =>
      keys.some((known) => sameKey(known, key))
        ? undefined
        : errors.HWS_TRANSPORT_HOST_KEY(
            [
              describe(server),
              key.type,
              fingerprint(key),
              "but the inventory holds another for this instance",
            ],
            {
              hint: "Somebody may be between you and the machine; if it was installed anew, mend its hostKeys in the inventory.",
            },
          ),
    types: () => keys.map((key) => key.type),
  };
};
