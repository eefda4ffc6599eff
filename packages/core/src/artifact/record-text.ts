import { artifactErrors } from "../errors/artifact-codes.ts";

/** A record is small; a longer text is not read at all. */
const maxBytes = 64 * 1024;

export type HeaderLine = readonly [key: string, value: string];
const grammar = /^([a-z][a-z-]{0,63}): ((?:[ -$&-~]|%[0-9A-F]{2})*)$/;

const invalid = (why: string) => artifactErrors.HWS_ARTIFACT_RECORD_INVALID([why]);

/** One value as text: every byte outside `0x20`–`0x7e`, and `%`, is escaped. */
const escaped = (value: string): string =>
  Array.from(Buffer.from(value, "utf8"), (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x25
      ? `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
      : String.fromCharCode(byte),
  ).join("");

const unescaped = (value: string): string =>
  Buffer.from(
    value.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");

/** `key: value` lines in the order given; undefined values have no line. */
export const renderHeaders = (
  headers: readonly (readonly [string, string | number | undefined])[],
): Buffer => {
  const lines = headers.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${escaped(String(value))}\n`],
  );
  return Buffer.from(lines.join(""), "latin1");
};

/** The headers of a record, each checked when it is taken. */
export class RecordHeaders {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  text(key: string): string | undefined {
    return this.#values.get(key);
  }

  match(key: string, grammar: RegExp): string {
    const value = this.#values.get(key);
    if (value === undefined) throw invalid(`has no ${key}`);
    if (!grammar.test(value)) throw invalid(`has a ${key} that does not fit`);
    return value;
  }

  number(key: string): number {
    const value = Number(this.match(key, /^(?:0|[1-9][0-9]{0,15})$/));
    if (!Number.isSafeInteger(value)) throw invalid(`has a ${key} that is too large`);
    return value;
  }
}

/**
 * Reads header lines in their order, a key as often as it stands there. An empty line ends them, or that of a
 * signature: what follows is not theirs.
 */
export const parseLines = (bytes: Uint8Array): readonly HeaderLine[] => {
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  if (lines.pop() !== "") throw invalid("has no newline at its end");
  const end = lines.findIndex((line) => line === "" || line === "-----BEGIN SSH SIGNATURE-----");
  return lines.slice(0, end === -1 ? undefined : end).map((line) => {
    const [, key, value] = grammar.exec(line) ?? [];
    if (key === undefined || value === undefined) throw invalid("has a line that is no `key: value`");
    return [key, unescaped(value)];
  });
};

/** Reads the headers of a record, of which each key stands there once. */
export const parseHeaders = (bytes: Uint8Array): RecordHeaders => {
  if (bytes.length > maxBytes) throw invalid(`is longer than ${maxBytes} bytes`);
  const values = new Map<string, string>();
  for (const [key, value] of parseLines(bytes)) {
    if (values.has(key)) throw invalid(`has ${key} twice`);
    values.set(key, value);
  }
  return new RecordHeaders(values);
};
