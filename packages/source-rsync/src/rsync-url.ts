import { type ArchiveFormat, archiveFormatOf } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** What the one file of a URL is. */
export interface NamedArchive {
  readonly name: string;
  readonly format: ArchiveFormat;
}

/** Where the application is, after its URL passed the grammar. */
export interface RsyncPlace {
  readonly protocol: "daemon" | "ssh";
  /** What rsync gets: never beginning with `-`; of a directory it ends in `/`. */
  readonly argument: string;
  /** What people see. */
  readonly shown: string;
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  /** The last part of the path. */
  readonly name: string;
  /** Absent for a directory. */
  readonly archive?: NamedArchive;
}

const hostName = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/;
const ipv6 = /^\[[0-9A-Fa-f:.]{2,45}\]$/;
const userName = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/;
/** Nothing that a shell at the other end, or rsync's own matching of names there, reads as more than itself. */
const plainPath = /^[^\s"'`\\$;&|<>*?(){}[\]!#\u0000-\u0020\u007f]+$/;

/** The URL without what stands before `@` in it: an error must not repeat a password. */
const withoutUserinfo = (url: string): string => url.replace(/\/\/[^/]*@/, "//").slice(0, 200);

const refuse = (url: string, why: string): never => {
  throw errors.HWS_RSYNC_URL([withoutUserinfo(url), why]);
};

interface Parts {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly path: string;
}

const authority = "(?:([^@/]*)@)?(\\[[^\\]]*\\]|[^:/@]*)(?::(\\d{1,5}))?";
const withScheme = new RegExp(`^(rsync|ssh)://${authority}(/.*)?$`, "i");
const scpLike = /^(?:([^@:/]+)@)?(\[[^\]]*\]|[^:/@[\]]+):(.+)$/;

/**
 * Reads a URL. Anything outside the grammar is `HWS_RSYNC_URL`, before anything is spawned.
 *
 * @param port what the option says; the URL must not say another.
 */
export const parseRsyncUrl = (url: string, port?: number): RsyncPlace => {
  if (url.length > 2000) refuse(url, "it is too long");
  if (/[\u0000-\u001f\u007f]/.test(url)) refuse(url, "it has a control character");
  if (url.startsWith("-")) refuse(url, "it begins with -");
  const found = withScheme.exec(url);
  if (found !== null) {
    const [, scheme = "", user, host = "", own, path = ""] = found;
    const parts = { user, host, port: portOf(url, own, port), path };
    return scheme.toLowerCase() === "ssh" ? sshPlace(url, parts) : daemonPlace(url, parts);
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(url)) refuse(url, "the scheme is neither rsync nor ssh");
  const scp = scpLike.exec(url);
  if (scp === null) return refuse(url, "it has no host");
  const [, user, host = "", path = ""] = scp;
  if (path.startsWith(":")) refuse(url, "a daemon is written rsync://host/module");
  return sshPlace(url, { user, host, port, path });
};

const portOf = (url: string, own: string | undefined, option: number | undefined): number | undefined => {
  if (own === undefined) return option;
  const port = Number(own);
  if (port < 1 || port > 65_535) refuse(url, "the port is out of range");
  if (option !== undefined && option !== port) refuse(url, `the option port says ${option}`);
  return port;
};

const checkParts = (url: string, { user, host, path }: Parts): void => {
  if (user?.includes(":"))
    refuse(url, "it has a password: use the option password for a daemon, a key for SSH");
  if (user !== undefined && !userName.test(user)) refuse(url, "the user name is not allowed");
  if (!hostName.test(host) && !ipv6.test(host)) refuse(url, "the host is not a host name");
  if (!plainPath.test(path) || path.startsWith("-")) refuse(url, "the path is not allowed");
  const names = path.replace(/^\//, "").replace(/\/$/, "").split("/");
  if (names.some((name) => name === "." || name === "..")) refuse(url, "the path has . or .. in it");
  if (path !== "/" && names.includes("")) refuse(url, "the path is not in its plain form");
};

const daemonPlace = (url: string, parts: Parts): RsyncPlace => {
  const path = parts.path.replace(/^\//, "");
  if (path === "") refuse(url, "it names no module");
  checkParts(url, { ...parts, path });
  const { host, port } = parts;
  const at = port === undefined ? host : `${host}:${port}`;
  const prefix = parts.user === undefined ? "rsync://" : `rsync://${parts.user}@`;
  return placeOf("daemon", parts, { path, before: `${prefix}${at}/`, shown: `rsync://${at}/` });
};

const sshPlace = (url: string, parts: Parts): RsyncPlace => {
  checkParts(url, parts);
  const { host, port, user, path } = parts;
  const who = user === undefined ? host : `${user}@${host}`;
  const shown = port !== undefined && path.startsWith("/") ? `ssh://${who}:${port}` : `${who}:`;
  return placeOf("ssh", parts, { path, before: `${who}:`, shown });
};

const placeOf = (
  protocol: RsyncPlace["protocol"],
  { host, port, user }: Parts,
  { path, before, shown }: { path: string; before: string; shown: string },
): RsyncPlace => {
  const bare = path.replace(/\/$/, "");
  const name = bare.slice(bare.lastIndexOf("/") + 1);
  // A module is a directory, whatever its name.
  const mayBeFile = !path.endsWith("/") && (protocol === "ssh" || path.includes("/"));
  const format = mayBeFile ? archiveFormatOf(name) : undefined;
  return {
    protocol,
    argument: format === undefined ? `${before}${bare}/` : `${before}${path}`,
    shown: `${shown}${path}`,
    host,
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    name: name === "" ? host : name,
    ...(format !== undefined && { archive: { name, format } }),
  };
};
