import type { ErrorFields, HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { RsyncPlace } from "./rsync-url.ts";

/** How an rsync ended badly. */
export interface RsyncEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** What rsync, ssh and the server wrote. */
  readonly text: string;
}

interface Reading {
  readonly fits: (end: RsyncEnd) => boolean;
  readonly error: (place: RsyncPlace, end: RsyncEnd, fields: ErrorFields) => HawserError;
}

const says =
  (text: RegExp) =>
  (end: RsyncEnd): boolean =>
    text.test(end.text);

const exits =
  (...codes: readonly number[]) =>
  ({ exitCode }: RsyncEnd): boolean =>
    exitCode !== null && codes.includes(exitCode);

/** What the server's side could not read, as it names it. */
const unread =
  /^rsync: (?:\[sender\] )?(?:send_files failed to open|opendir|readlink_stat|read errors mapping)\s*\(?"(.*?)"/gm;

const namesIn = (text: string): readonly string[] => [...text.matchAll(unread)].map(([, name = ""]) => name);

/**
 * What rsync and ssh write (LC_ALL=C, rsync 3.1 to 3.5, OpenSSH 8 to 10), with the exit codes of rsync(1), and what it
 * means. Texts come first: behind most codes stand several causes, and what ssh's own failure exits with varies.
 */
const readings: readonly Reading[] = [
  {
    fits: says(/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for \S+ has changed|REVOKED HOST KEY/),
    error: (place, _, fields) => errors.HWS_RSYNC_HOST_KEY([knownHostsName(place), true], fields),
  },
  {
    fits: says(/Host key verification failed|No \S+ host key is known for/),
    error: (place, _, fields) => errors.HWS_RSYNC_HOST_KEY([knownHostsName(place), false], fields),
  },
  {
    fits: says(/Permission denied \([a-z]|Too many authentication failures|Load key .*: /),
    error: ({ shown }, _, fields) => errors.HWS_RSYNC_AUTH([shown], fields),
  },
  {
    fits: says(/^@ERROR: max connections/m),
    error: ({ shown }, _, fields) => errors.HWS_RSYNC_BUSY([shown], fields),
  },
  {
    fits: says(/^@ERROR: /m),
    error: ({ shown }, { text }, fields) =>
      errors.HWS_RSYNC_REFUSED([shown, /^@ERROR: (.{1,200})/m.exec(text)?.[1] ?? ""], fields),
  },
  {
    fits: says(/Failed to exec /),
    error: (_, __, fields) => errors.HWS_RSYNC_PROGRAM(["the ssh program is not installed"], fields),
  },
  {
    fits: says(/rsync: (?:command )?not found|command not found: .*rsync|rsync: No such file or directory/),
    error: ({ shown }, _, fields) => errors.HWS_RSYNC_REMOTE_PROGRAM([shown], fields),
  },
  {
    fits: (end) => exits(1, 2, 4)(end) || says(/rather than greeting|has been disabled on this server/)(end),
    error: ({ shown }, _, fields) => errors.HWS_RSYNC_PROTOCOL([shown], fields),
  },
  {
    fits: says(/(?:change_dir|link_stat) .* failed: (?:No such file|Not a directory|Too many levels)/),
    error: ({ shown }, _, fields) => errors.HWS_RSYNC_NOT_FOUND([shown], fields),
  },
  {
    fits: ({ text }) => namesIn(text).length > 0,
    error: ({ shown }, { text }, fields) => errors.HWS_RSYNC_UNREADABLE([shown, namesIn(text)], fields),
  },
  { fits: exits(24), error: ({ shown }, _, fields) => errors.HWS_SOURCE_MOVED([shown], fields) },
  {
    fits: (end) => exits(30)(end) || says(/Timeout, server .* not responding/)(end),
    error: ({ shown }, _, fields) => errors.HWS_RSYNC_STALLED([shown], fields),
  },
  {
    // 5 without a word of the daemon: the connection ended while the two were still greeting.
    fits: exits(5, 10, 12, 35, 255),
    error: ({ shown }, _, fields) => errors.HWS_RSYNC_NETWORK([shown], fields),
  },
];

/** The name a key has in known_hosts: with the port when it is not 22. */
const knownHostsName = ({ host, port }: RsyncPlace): string =>
  port === undefined || port === 22 ? host : `[${host}]:${port}`;

/** A server's words may drive a terminal. */
const printable = (text: string): string =>
  text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ");

const lastLines = (text: string): string => text.trim().split("\n").slice(-12).join("\n").slice(-2000);

/** Makes the error of an rsync that ended badly. */
export const readFailure = (place: RsyncPlace, raw: RsyncEnd): HawserError => {
  const end = { ...raw, text: printable(raw.text) };
  const exit = end.exitCode === null ? `signal ${end.signal}` : `exit code ${end.exitCode}`;
  const fields = { output: lastLines(end.text) };
  const found = readings.find(({ fits }) => fits(end));
  return found?.error(place, end, fields) ?? errors.HWS_RSYNC_FAILED([place.shown, exit], fields);
};
