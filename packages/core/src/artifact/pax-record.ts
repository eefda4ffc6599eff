import { artifactErrors } from "../errors/artifact-codes.ts";

/** What an extended header says of the member after it; strings have one character a byte. */
export interface PaxFields {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
}

const corrupt = (why: string) => artifactErrors.HWS_ARCHIVE_CORRUPT([why]);

/**
 * Reads the records of a pax header: `<length> <key>=<value>\n`, the length counting the whole record (POSIX.1-2017,
 * pax, "pax Extended Header"). Owners, times and extended attributes are not taken over.
 */
export const parsePax = (bytes: Buffer): PaxFields => {
  const values = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const [prefix = "", digits] = /^([1-9][0-9]{0,7}) /.exec(bytes.toString("latin1", at, at + 9)) ?? [];
    const record = bytes.toString("latin1", at + prefix.length, at + Number(digits));
    const equals = record.indexOf("=");
    if (equals < 1 || !record.endsWith("\n") || at + Number(digits) > bytes.length) {
      throw corrupt("a pax header does not fit the grammar");
    }
    values.set(record.slice(0, equals), record.slice(equals + 1, -1));
    at += Number(digits);
  }
  return fields(values);
};

const fields = (values: ReadonlyMap<string, string>): PaxFields => {
  for (const key of values.keys()) {
    if (key.startsWith("GNU.sparse")) throw corrupt("it has a sparse file");
  }
  const [path, linkpath, size] = [values.get("path"), values.get("linkpath"), values.get("size")];
  if (size !== undefined && !/^[0-9]{1,15}$/.test(size))
    throw corrupt("a pax header has a size that is no number");
  return {
    ...(path !== undefined && { path }),
    ...(linkpath !== undefined && { linkpath }),
    ...(size !== undefined && { size: Number(size) }),
  };
};
