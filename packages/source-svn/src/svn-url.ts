import { errors } from "./errors.ts";
import { encodePath, isPlainPath } from "./plain-path.ts";

/** A folder of a repository, after its URL passed the grammar. */
export interface SvnUrl {
  readonly protocol: "svn" | "svn+ssh" | "http" | "https";
  /** In lower case. */
  readonly host: string;
  /** Absent: the protocol's own. */
  readonly port?: number;
  readonly user?: string;
  /** Decoded, without a slash at its ends; may be empty. */
  readonly path: string;
}

const schemes: readonly string[] = ["svn", "svn+ssh", "http", "https"] satisfies SvnUrl["protocol"][];
const isProtocol = (scheme: string): scheme is SvnUrl["protocol"] => schemes.includes(scheme);
const ports: Readonly<Partial<Record<SvnUrl["protocol"], number>>> = { svn: 3690, http: 80, https: 443 };

const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:([^@/]*)@)?(\[[^\]/]*\]|[^:/@[\]]*)(?::(\d{1,5}))?(\/.*)?$/;
const hostName = /^[a-z0-9][a-z0-9.-]{0,252}$/;
const ipv6 = /^\[[0-9a-f:.]{2,45}\]$/;
const userName = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/;
const refusedInPath = /[\s"'`\\$;&|<>*?(){}!#^\u0000-\u0020\u007f]/;

/** The URL without what stands before `@` in it: an error must not repeat a password. */
const withoutUserinfo = (url: string): string => url.replace(/\/\/[^/]*@/, "//").slice(0, 200);

const refuse = (url: string, why: string): never => {
  throw errors.HWS_SVN_URL([withoutUserinfo(url), why]);
};

/** Reads a repository URL. Anything outside the grammar is `HWS_SVN_URL`, before anything is spawned. */
export const parseSvnUrl = (url: string): SvnUrl => {
  if (url.length > 2000) refuse(url, "it is too long");
  if (/[\u0000-\u001f\u007f]/.test(url)) refuse(url, "it has a control character");
  const found = parts.exec(url);
  if (found === null) return refuse(url, "it is not a URL");
  const [, scheme = "", user, givenHost = "", givenPort, rawPath = ""] = found;
  const protocol = scheme.toLowerCase();
  if (!isProtocol(protocol)) return refuse(url, `the scheme ${protocol} is not allowed`);
  const host = givenHost.toLowerCase();
  if (!hostName.test(host) && !(ipv6.test(host) && protocol !== "svn+ssh"))
    refuse(url, "the host is not a host name");
  if (user?.includes(":")) refuse(url, "it has a password: use the option password");
  if (user !== undefined && !isUserName(user)) refuse(url, "the user name is not allowed");
  const port = givenPort === undefined ? undefined : Number(givenPort);
  if (port !== undefined && (port < 1 || port > 65_535)) refuse(url, "the port is out of range");
  return {
    protocol,
    host,
    ...(port !== undefined && port !== ports[protocol] && { port }),
    ...(user !== undefined && { user }),
    path: decodedPath(url, rawPath),
  };
};

export const isUserName = (name: string): boolean => userName.test(name);

const decodedPath = (url: string, raw: string): string => {
  const path = raw.replace(/^\//, "").replace(/\/$/, "");
  if (path === "") return path;
  if (refusedInPath.test(path)) refuse(url, "the path has a character that must be percent-encoded");
  const decoded = decode(path);
  if (decoded === undefined || !isPlainPath(decoded)) return refuse(url, "the path is not in its plain form");
  return decoded;
};

/** Undefined when the percent-encoding is broken, or hides a slash. */
const decode = (path: string): string | undefined => {
  try {
    return /%2f/i.test(path) ? undefined : decodeURIComponent(path);
  } catch {
    return undefined;
  }
};

/** A folder below another. */
export const below = (url: SvnUrl, ...paths: readonly string[]): SvnUrl => ({
  ...url,
  path: [url.path, ...paths].filter((path) => path !== "").join("/"),
});

/** What svn gets and people see: without a user name. An `@` is encoded, so it is never a peg revision. */
export const hrefOf = ({ protocol, host, port, path }: SvnUrl): string =>
  `${protocol}://${host}${port === undefined ? "" : `:${port}`}/${encodePath(path)}`;

/** Whether both name the same folder of the same server. */
export const sameFolder = (a: SvnUrl, b: SvnUrl): boolean => hrefOf(a) === hrefOf(b);
