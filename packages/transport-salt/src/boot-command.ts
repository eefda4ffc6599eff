import { gunzip } from "node:zlib";
import { hostBoot } from "@hawser/core/plugin";
import { isAnswer } from "@hawser/salt";
import { errors } from "./errors.ts";

/**
 * What a minion may return, packed. Where a request and its return are more than 1 MiB together (`max_event_size`), Salt
 * puts `VALUE_TRIMMED` in the place of each that is more than half of it: as base64 this is less.
 */
const returnBytes = 380_000;
const unpackedBytes = 128 << 20;

/**
 * The constant command of every job. Salt changes some bytes of what it hands to a program (`\n` as two characters) and
 * of what a program writes (what is no UTF-8), so both come as base64, and what is written is packed and bounded.
 */
export const bootCommand: string = [
  "if command -v base64 >/dev/null; then hws_in() { base64 -d; }; hws_out() { base64; }; else hws_in() { openssl base64 -d -A; }; hws_out() { openssl base64; }; fi",
  `hws_in | (${hostBoot}) | gzip -c | head -c ${returnBytes} | hws_out`,
].join("; ");

/** The arguments of `cmd.run_all`: all of them constant but the user, the shell and the data on standard input. */
export const bootArguments = (
  input: Uint8Array,
  { user, shell = "/bin/sh" }: { readonly user?: string; readonly shell?: string },
): Readonly<Record<string, unknown>> => ({
  cmd: [shell, "-c", bootCommand],
  stdin: Buffer.from(input).toString("base64"),
  // Salt starts the program by its arguments; by itself it would hand them to a shell.
  python_shell: false,
  cwd: "/",
  // The locale of the application's commands is that of the instance, and no log of the minion holds what is sent.
  reset_system_locale: false,
  output_loglevel: "quiet",
  ignore_retcode: true,
  ...(user !== undefined && { runas: user }),
});

const describe = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value.slice(0, 300)) : "what is no result of a command";

/** The bytes that the host program wrote, out of what `cmd.run_all` returned. */
export const writtenBy = async (minion: string, value: unknown): Promise<Buffer> => {
  const { stdout, stderr, retcode } = isAnswer(value) ? value : {};
  if (typeof stdout !== "string" || typeof stderr !== "string" || typeof retcode !== "number")
    throw errors.HWS_SALT_RESULT([minion, describe(value)]);
  const text = stdout.replace(/\s+/g, "");
  const said = stderr === "" ? "" : `: ${stderr.trim().slice(-500)}`;
  if (text === "") throw errors.HWS_SALT_RESULT([minion, `nothing (status ${retcode})${said}`]);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text))
    throw errors.HWS_SALT_RESULT([minion, `what is not base64: ${JSON.stringify(text.slice(0, 60))}${said}`]);
  const packed = Buffer.from(text, "base64");
  if (packed.length >= returnBytes)
    throw errors.HWS_SALT_RESULT([minion, `more than ${returnBytes} bytes, more than Salt's bus carries`]);
  return await unpacked(minion, packed, said);
};

const unpacked = (minion: string, packed: Buffer, said: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    gunzip(packed, { maxOutputLength: unpackedBytes }, (cause, bytes) => {
      if (cause === null) resolve(bytes);
      else reject(errors.HWS_SALT_RESULT([minion, `damaged bytes: ${cause.message}${said}`], { cause }));
    });
  });
