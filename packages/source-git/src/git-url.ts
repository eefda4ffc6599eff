import { isAbsolute, posix } from "node:path";
import { errors } from "./errors.ts";

/** Where a repository is, after its URL passed the grammar. */
export interface GitUrl {
  readonly protocol: "https" | "ssh" | "file";
  /** What git gets: without a password, and never beginning with `-`. */
  readonly href: string;
  /** What people see: for https also without the user name. */
  readonly shown: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly path: string;
}

const hostName = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/;
const ipv6 = /^\[[0-9A-Fa-f:.]{2,45}\]$/;
const userName = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/;
const path = /^[^\s"'`\\$;&|<>*?(){}!#\u0000-\u0020\u007f]+$/;
const scpLike = /^(?:([^@:/]+)@)?(\[[^\]]*\]|[^:/@[\]]+):(?!\/\/)(.+)$/;

/** The URL without what stands before `@` in it: an error must not repeat a password. */
const withoutUserinfo = (url: string): string => url.replace(/\/\/[^/]*@/, "//").slice(0, 200);

const refuse = (url: string, why: string): never => {
  throw errors.HWS_GIT_URL([withoutUserinfo(url), why]);
};

/** Reads a repository URL. Anything outside the grammar is `HWS_GIT_URL`, before anything is spawned. */
export const parseGitUrl = (url: string): GitUrl => {
  if (url.length > 2000) refuse(url, "it is too long");
  if (/[\u0000-\u001f\u007f]/.test(url)) refuse(url, "it has a control character");
  if (url.startsWith("-")) refuse(url, "it begins with -");
  if (isAbsolute(url)) return fileUrl(url, url);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1]?.toLowerCase();
  if (scheme === "file") return fileUrl(url, url.slice("file://".length));
  if (scheme === "https") return httpsUrl(url);
  if (scheme === "ssh") return sshUrl(url);
  if (scheme !== undefined) refuse(url, `the scheme ${scheme} is not allowed`);
  if (url.includes("::")) refuse(url, "remote helpers are not allowed");
  const scp = scpLike.exec(url);
  if (scp === null) return refuse(url, "it is neither a URL nor an absolute path");
  return sshParts(url, { user: scp[1], host: scp[2] ?? "", port: undefined, path: scp[3] ?? "", scp: true });
};

const fileUrl = (url: string, file: string): GitUrl => {
  if (!isAbsolute(file)) refuse(url, "the path is not absolute");
  if (posix.normalize(file).replace(/\/$/, "") !== file.replace(/\/$/, ""))
    refuse(url, "the path is not in its plain form");
  // As a URL, so that git talks to upload-pack instead of reading another repository's objects itself.
  return {
    protocol: "file",
    href: `file://${file.replaceAll("%", "%25")}`,
    shown: `file://${file}`,
    path: file,
  };
};

const parsed = (url: string): URL => {
  try {
    return new URL(url);
  } catch {
    return refuse(url, "it is not a URL");
  }
};

const checkHost = (url: string, host: string): void => {
  if (!hostName.test(host) && !ipv6.test(host)) refuse(url, "the host is not a host name");
};

const httpsUrl = (url: string): GitUrl => {
  const at = parsed(url);
  if (at.password !== "") refuse(url, "it has a password: use the option token");
  checkHost(url, at.hostname);
  if (at.search !== "" || at.hash !== "") refuse(url, "it has a query or a fragment");
  if (!path.test(at.pathname) || at.pathname === "/") refuse(url, "the path is not allowed");
  if (at.username !== "" && !userName.test(at.username)) refuse(url, "the user name is not allowed");
  const shown = `https://${at.host}${at.pathname}`;
  return {
    protocol: "https",
    href: at.username === "" ? shown : `https://${at.username}@${at.host}${at.pathname}`,
    shown,
    host: at.hostname,
    ...(at.port !== "" && { port: Number(at.port) }),
    ...(at.username !== "" && { user: at.username }),
    path: at.pathname,
  };
};

const sshUrl = (url: string): GitUrl => {
  const parts = /^ssh:\/\/(?:([^@/]*)@)?(\[[^\]]*\]|[^:/@]*)(?::(\d{1,5}))?(\/.*)$/i.exec(url);
  if (parts === null) return refuse(url, "it is not ssh://user@host/path");
  if (parts[1]?.includes(":")) refuse(url, "it has a password: SSH uses a key");
  const port = parts[3] === undefined ? undefined : Number(parts[3]);
  return sshParts(url, { user: parts[1], host: parts[2] ?? "", port, path: parts[4] ?? "", scp: false });
};

interface SshParts {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly path: string;
  readonly scp: boolean;
}

const sshParts = (url: string, { user, host, port, path: at, scp }: SshParts): GitUrl => {
  checkHost(url, host);
  if (user !== undefined && !userName.test(user)) refuse(url, "the user name is not allowed");
  if (port !== undefined && (port < 1 || port > 65_535)) refuse(url, "the port is out of range");
  if (!path.test(at) || at.startsWith("-")) refuse(url, "the path is not allowed");
  const who = user === undefined ? host : `${user}@${host}`;
  const href = scp ? `${who}:${at}` : `ssh://${who}${port === undefined ? "" : `:${port}`}${at}`;
  return {
    protocol: "ssh",
    href,
    shown: href,
    host,
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    path: at,
  };
};
