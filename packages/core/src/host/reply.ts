import type { CallContext, HostReply } from "../contracts/transport.ts";
import { hostErrors } from "../errors/host-codes.ts";
import type { ReplyReader } from "./reply-reader.ts";

const lineBytes = 64 * 1024;
const dataBytes = 64 * 1024 * 1024;

/** The stream ended where a reply should have gone on; the session says why. */
export class EndOfAnswers extends Error {}

/** Reads one reply: output and data frames, notes, and the closing JSON line. Everything in it is hostile. */
export const readReply = async (reader: ReplyReader, context: CallContext): Promise<HostReply> => {
  const data: Buffer[] = [];
  let size = 0;
  for (;;) {
    const line = await nextLine(reader);
    if (line.startsWith("{")) return { fields: closing(line), data: Buffer.concat(data) };
    const frame = /^(out|data) (\d{1,15})$/.exec(line);
    if (frame === null) {
      if (line.startsWith("note ")) continue;
      throw hostErrors.HWS_HOST_ANSWER([`an unexpected line ${JSON.stringify(line.slice(0, 80))}`]);
    }
    const count = Number(frame[2]);
    if (frame[1] === "data") {
      size += count;
      if (size > dataBytes) throw hostErrors.HWS_HOST_ANSWER([`more than ${dataBytes} bytes of data`]);
    }
    const take =
      frame[1] === "data" ? (chunk: Buffer) => data.push(chunk) : (chunk: Buffer) => context.output?.(chunk);
    if (!(await reader.bytes(count, take))) throw new EndOfAnswers();
  }
};

const nextLine = async (reader: ReplyReader): Promise<string> => {
  let line: string | undefined;
  try {
    line = await reader.line(lineBytes);
  } catch (error) {
    if (error instanceof RangeError) throw hostErrors.HWS_HOST_ANSWER([error.message], { cause: error });
    throw new EndOfAnswers();
  }
  if (line === undefined) throw new EndOfAnswers();
  return line;
};

const closing = (line: string): Readonly<Record<string, unknown>> => {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch (error) {
    throw hostErrors.HWS_HOST_ANSWER(["its last line is not JSON"], { cause: error });
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw hostErrors.HWS_HOST_ANSWER(["its last line is not an object"]);
  }
  return fields as Readonly<Record<string, unknown>>;
};
