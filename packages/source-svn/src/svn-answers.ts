import { errors } from "./errors.ts";
import { hrefOf, parseSvnUrl, type SvnUrl, sameFolder } from "./svn-url.ts";
import { readXml, type XmlElement, XmlError } from "./xml.ts";

/** What `svn info` says of one folder or file. */
export interface NodeInfo {
  readonly kind: "dir" | "file";
  readonly uuid: string;
  /** The revision it was looked at. */
  readonly number: number;
  /** Decoded, from the root of the repository on. */
  readonly pathFromRoot: string;
}

/** One entry of `svn log`. */
export interface LogEntry {
  readonly number: number;
  readonly author?: string;
  /** The first line of its message. */
  readonly message: string;
  /** Seconds since 1970. */
  readonly time?: number;
}

const unreadable = (command: string, why: string): Error => errors.HWS_SVN_OUTPUT([command, why]);

const parsed = (command: string, text: string): XmlElement => {
  try {
    return readXml(text);
  } catch (error) {
    throw error instanceof XmlError ? unreadable(command, error.message) : error;
  }
};

const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((one) => one.name === name);

const numberIn = (command: string, element: XmlElement): number => {
  const digits = element.attributes.get("revision") ?? "";
  if (!/^\d{1,10}$/.test(digits)) throw unreadable(command, "it has no revision number");
  return Number(digits);
};

/** Reads what `svn info` said of `asked`. svn follows redirects in silence: an answer about another URL is refused. */
export const readInfo = (text: string, asked: SvnUrl): NodeInfo => {
  const entry = child(parsed("info", text), "entry");
  if (entry === undefined) throw unreadable("info", "it has no entry");
  const kind = entry.attributes.get("kind");
  if (kind !== "dir" && kind !== "file") throw unreadable("info", "it names neither a folder nor a file");
  const repository = child(entry, "repository");
  const uuid = child(repository, "uuid")?.text ?? "";
  // Any text may be a UUID of svnadmin setuuid; it is only ever hashed.
  if (uuid === "" || uuid.length > 200) throw unreadable("info", "it has no UUID");
  const url = readUrl(child(entry, "url")?.text);
  const root = readUrl(child(repository, "root")?.text);
  if (url === undefined || root === undefined || !sameFolder(url, asked))
    throw errors.HWS_SVN_REDIRECT([hrefOf(asked)]);
  return { kind, uuid, number: numberIn("info", entry), pathFromRoot: pathBelow(root.path, url.path) };
};

/** Undefined when it is no URL of a server. svn leaves some characters as they are that the grammar wants encoded. */
const readUrl = (text = ""): SvnUrl | undefined => {
  try {
    return parseSvnUrl(text.replaceAll(/[!$&'()*;]/g, (one) => `%${one.charCodeAt(0).toString(16)}`));
  } catch {
    return undefined;
  }
};

const pathBelow = (root: string, path: string): string => {
  if (root === "") return path;
  if (path !== root && !path.startsWith(`${root}/`))
    throw unreadable("info", "its URL is not below its root");
  return path.slice(root.length + 1);
};

export const readLog = (text: string): readonly LogEntry[] =>
  parsed("log", text)
    .children.filter(({ name }) => name === "logentry")
    .map(readLogEntry);

const readLogEntry = (entry: XmlElement): LogEntry => {
  const author = child(entry, "author")?.text;
  const time = Date.parse(child(entry, "date")?.text ?? "");
  const message = (child(entry, "msg")?.text ?? "").trim().split("\n")[0] ?? "";
  return {
    number: numberIn("log", entry),
    message: printable(message),
    ...(author !== undefined && { author: printable(author) }),
    ...(!Number.isNaN(time) && { time: Math.floor(time / 1000) }),
  };
};

/** Control characters stand in no name that a person gave; in an author's name they could drive a terminal. */
const printable = (text: string): string =>
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ").slice(0, 300);
