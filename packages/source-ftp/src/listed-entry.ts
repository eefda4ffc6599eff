/** What a listing says of one name. */
export interface ListedEntry {
  readonly name: string;
  /** `self` is the listed directory, or the one that it is in. */
  readonly kind: "file" | "directory" | "link" | "special" | "self";
  /** Bytes of a file; undefined when the server does not tell. */
  readonly sizeBytes?: number;
  /** When it was changed: `YYYYMMDDHHMMSS` in UTC, or whatever the server writes. Empty when it does not tell. */
  readonly time: string;
  /** Whether the owner may execute it; undefined when the server does not tell. */
  readonly executable?: boolean;
}

/** Why a listing cannot be read: which line. */
export class UnreadableLine extends Error {
  readonly line: string;

  constructor(line: string) {
    super("unreadable line");
    this.line = line;
  }
}
