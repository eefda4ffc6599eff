import { type ArchiveFormat, archiveFormatOf } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** What a channel names. */
export interface Channel {
  readonly version: string;
  /** The name of a file beside the channel's. */
  readonly archive: string;
  readonly format: ArchiveFormat;
  readonly sha256: string;
}

const version = /^[\x21-\x7e]{1,100}$/;
const archive = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const sha256 = /^[0-9a-f]{64}$/;

/** Reads a channel's file. It comes from outside: nothing in it is used before it has passed its grammar. */
export const readChannel = (text: string, url: string): Channel => {
  const wrong = (why: string): Error => errors.HWS_CHANNEL_ANSWER([url, why]);
  let told: Readonly<Record<string, unknown>>;
  try {
    told = Object(JSON.parse(text));
  } catch {
    throw wrong("it is not JSON");
  }
  const member = (name: string, grammar: RegExp): string => {
    const value = told[name];
    if (typeof value === "string" && grammar.test(value)) return value;
    throw wrong(`its \`${name}\` is missing or has another form`);
  };
  const file = member("archive", archive);
  const format = archiveFormatOf(file);
  if (format === undefined) throw wrong(`${file} is no archive`);
  return { version: member("version", version), archive: file, format, sha256: member("sha256", sha256) };
};
