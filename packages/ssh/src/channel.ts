import { PassThrough } from "node:stream";
import type { Channel } from "@hawser/core/plugin";
import type { ClientChannel } from "ssh2";
import { OutputTail } from "./output-tail.ts";

const ending = (code: number | null, signal: string | undefined, errorOutput: OutputTail): string => {
  const how = code === null ? `was ended by ${signal ?? "a signal"}` : `ended with status ${code}`;
  const said = String(errorOutput);
  return `the command ${how}${said === "" ? "" : `: ${said}`}`;
};

/** A channel of ssh2 as a Channel. `lost` says why the connection under it ended, should it end first. */
export const channelOf = (stream: ClientChannel, lost: Promise<string>): Channel => {
  const errorOutput = new OutputTail();
  stream.stderr.on("data", (chunk: Buffer) => errorOutput.add(chunk));
  let exit: { readonly code: number | null; readonly signal: string | undefined } | undefined;
  stream.on("exit", (code: number | null, signal?: string) => {
    exit = { code, signal };
  });
  // The end of standard error comes after the exit status, so the text is made last.
  const said = (): string =>
    exit === undefined ? "the server closed the channel" : ending(exit.code, exit.signal, errorOutput);
  const closed = Promise.race([
    new Promise<string>((resolve) => stream.on("close", () => resolve(said()))),
    lost,
  ]);
  // A lost connection ends the stream like any other end: `closed` says what happened.
  void lost.then(() => stream.readableEnded || stream.push(null));
  stream.on("error", () => undefined);
  // ssh2 tells of the end of a channel only when all its output was read; so it is read, whether or not anybody asks.
  const output = stream.pipe(new PassThrough());
  return { readable: output, writable: stream, closed, close: () => stream.close() };
};
