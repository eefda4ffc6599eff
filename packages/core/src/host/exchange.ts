import { Readable } from "node:stream";
import type { HostReply, HostRequest, OpenRequest } from "../contracts/transport.ts";
import { hostErrors } from "../errors/host-codes.ts";
import { requestBody, requestHead } from "./frame.ts";
import { EndOfAnswers, readReply } from "./reply.ts";
import { ReplyReader } from "./reply-reader.ts";

/** What a transport with `acceptsBody: false` takes at most; more is `HWS_TRANSPORT_BODY`. */
export const smallBodyBytes: number = 4 << 20;

/** One request whole, its body in pieces as they were given. */
export interface PackedRequest {
  readonly head: Uint8Array;
  readonly body: readonly Uint8Array[];
}

/** Takes the whole body in, when it is small. */
export const packRequest = async (request: HostRequest): Promise<PackedRequest> => {
  const head = Buffer.from(requestHead(request));
  const sizeBytes = request.body instanceof Uint8Array ? request.body.length : (request.body?.sizeBytes ?? 0);
  if (sizeBytes > smallBodyBytes) {
    if (request.body !== undefined && "stream" in request.body) request.body.stream.destroy();
    throw hostErrors.HWS_TRANSPORT_BODY([request.verb, sizeBytes, smallBodyBytes]);
  }
  const body: Uint8Array[] = [];
  for await (const chunk of requestBody(request)) body.push(chunk);
  return { head, body };
};

/** What is written to the host program when nobody waits for its greeting: with the program, or hoping that it lies there. */
export const exchangeInput = (
  { program, root, keep }: Omit<OpenRequest, "instance">,
  { head, body }: PackedRequest,
  withProgram: boolean,
): Buffer =>
  Buffer.concat([
    Buffer.from(`hawser 1 ${program.digest} ${program.text.length} ${keep ? "keep" : "once"} ${root}\n`),
    ...(withProgram ? [program.text] : []),
    head,
    ...body,
  ]);

/** What came of one exchange. */
export type ExchangeEnd =
  /** The instance lacks the program, and did nothing. */
  | { readonly kind: "lacking" }
  | { readonly kind: "answered"; readonly reply: HostReply; readonly output: Uint8Array };

const noiseBytes = 64 * 1024;

/** Reads everything that the host program wrote in one exchange. What is cut is `HWS_TRANSPORT_LOST`. */
export const exchangeEnd = async (written: Uint8Array, withProgram: boolean): Promise<ExchangeEnd> => {
  const reader = new ReplyReader(Readable.from([Buffer.from(written)]), () => {});
  const output: Buffer[] = [];
  try {
    const word = await greeting(reader);
    if (word === "need" && !withProgram) return { kind: "lacking" };
    if (word !== (withProgram ? "need" : "have"))
      throw hostErrors.HWS_HOST_BOOT([word.replace(/^error /, "")]);
    const reply = await readReply(reader, {
      signal: new AbortController().signal,
      logger: { debug() {}, info() {}, warn() {} },
      progress() {},
      output: (chunk) => void output.push(Buffer.from(chunk)),
    });
    return { kind: "answered", reply, output: Buffer.concat(output) };
  } catch (error) {
    if (!(error instanceof EndOfAnswers)) throw error;
    throw hostErrors.HWS_TRANSPORT_LOST(["the host program ended without an answer"], { cause: error });
  }
};

const greeting = async (reader: ReplyReader): Promise<string> => {
  for (let left = noiseBytes; left > 0; ) {
    const line = await reader.line(left).catch((cause: unknown) => {
      throw hostErrors.HWS_HOST_BOOT(["its login shell prints too much"], { cause });
    });
    if (line === undefined) throw new EndOfAnswers();
    if (line.startsWith("hawser ")) return line.slice("hawser ".length);
    left -= line.length + 1;
  }
  throw hostErrors.HWS_HOST_BOOT(["its login shell prints too much"]);
};
