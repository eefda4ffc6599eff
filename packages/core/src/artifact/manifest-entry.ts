import { nameProblem, reservedTop, sortKey } from "./name.ts";

/** `755` and `644` are files. */
export type EntryMode = "755" | "644" | "link" | "dir";

/** One path of an artifact. */
export interface ManifestEntry {
  readonly mode: EntryMode;
  /** Of a file its length, of a link that of its target's text, of a directory 0. */
  readonly sizeBytes: number;
  /** Seconds since 1970; 0 for links and directories. */
  readonly mtime: number;
  /** 64 hexadecimal digits, of a link those of its target's text; `-` for a directory. */
  readonly sha256: string;
  /** Relative, percent-encoded. */
  readonly name: string;
}

/** The line of an entry, without its newline. */
export const renderEntry = (entry: ManifestEntry): string =>
  `${entry.mode} ${entry.sizeBytes} ${entry.mtime} ${entry.sha256} ${entry.name}`;

const grammar = /^(755|644|link|dir) (0|[1-9][0-9]{0,15}) (0|[1-9][0-9]{0,10}) ([0-9a-f]{64}|-) ([!-~]+)$/;
/** The target of a symbolic link fits a path. */
const maxTargetBytes = 4095;

/** The entry on a line, or why the line has none, as the end of a sentence. Names are not checked here. */
export const parseEntry = (line: string): ManifestEntry | string => {
  const [, mode, size, time, sha256, name] = grammar.exec(line) ?? [];
  if (mode === undefined || sha256 === undefined || name === undefined) return "does not fit the grammar";
  const entry = { mode: mode as EntryMode, sizeBytes: Number(size), mtime: Number(time), sha256, name };
  return entryProblem(entry) ?? entry;
};

/** What is wrong with an entry taken alone, as the end of a sentence. */
const entryProblem = (entry: ManifestEntry): string | undefined => {
  if (!Number.isSafeInteger(entry.sizeBytes)) return "names a size that is too large";
  if ((entry.mode === "dir") !== (entry.sha256 === "-")) return "has a digest that does not fit its mode";
  if (entry.mode === "dir" && entry.sizeBytes !== 0) return "gives a directory a size";
  if ((entry.mode === "dir" || entry.mode === "link") && entry.mtime !== 0)
    return "gives a time to what has none";
  if (entry.mode === "link" && (entry.sizeBytes === 0 || entry.sizeBytes > maxTargetBytes)) {
    return "gives a link a target of an impossible length";
  }
  return undefined;
};

/** What is wrong with an encoded name, as the end of a sentence; else its raw form, one character a byte. */
export const entryKey = (name: string): { readonly key: string } | string => {
  let key: string;
  try {
    key = sortKey(name);
  } catch {
    return "has a name that is not percent-encoded";
  }
  const problem = nameProblem(key);
  if (problem !== undefined) return `has a name that ${problem}`;
  return reservedTop(key) === undefined ? { key } : "has a reserved name";
};
