import { pipeline, type Readable, Transform, type TransformCallback } from "node:stream";
import { leastBytes } from "../download/limits.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { httpErrors } from "../errors/http-codes.ts";
import type { HttpLimits } from "./limits.ts";
import { shownUrl } from "./web-url.ts";

export interface AnswerBodyRequest {
  readonly url: URL;
  /** What the head promised; undefined when it did not. */
  readonly sizeBytes: number | undefined;
  readonly limits: HttpLimits;
  readonly signal: AbortSignal;
}

/** The bytes of an answer. It fails when they stand still, end too early, or do not end. */
class AnswerBody extends Transform {
  readonly #request: AnswerBodyRequest;
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #sinceMoved = 0;

  constructor(request: AnswerBodyRequest) {
    super();
    this.#request = request;
    this.#timer = setInterval(() => this.#lookForStall(), request.limits.stallMs).unref();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    const { limits, url } = this.#request;
    this.#bytes += chunk.length;
    this.#sinceMoved += chunk.length;
    if (this.#sinceMoved >= leastBytes) {
      this.#sinceMoved = 0;
      this.#timer.refresh();
    }
    if (this.#bytes <= limits.bodyBytes) callback(null, chunk);
    else callback(httpErrors.HWS_HTTP_TOO_LARGE([shownUrl(url), limits.bodyBytes]));
  }

  override _flush(callback: TransformCallback): void {
    clearInterval(this.#timer);
    const { sizeBytes } = this.#request;
    callback(sizeBytes === undefined || sizeBytes === this.#bytes ? null : this.#truncated());
  }

  /** Translated here and not in `_destroy`: who begins to read after the end is given this error as it came in. */
  override destroy(error?: Error): this {
    clearInterval(this.#timer);
    return super.destroy(error && this.#translated(error));
  }

  #lookForStall(): void {
    const { url, limits } = this.#request;
    // What waits for a slow reader is no silence of the server.
    if (this.readableLength === 0) this.destroy(httpErrors.HWS_HTTP_STALLED([url.origin, limits.stallMs]));
  }

  #translated(error: Error): Error {
    const { signal } = this.#request;
    if (HawserError.is(error)) return error;
    return signal.aborted ? asError(signal.reason) : this.#truncated(error);
  }

  #truncated(cause?: Error): HawserError {
    const { url, sizeBytes } = this.#request;
    return httpErrors.HWS_HTTP_TRUNCATED([shownUrl(url), this.#bytes, sizeBytes], { cause });
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

/** The body of an answer with the client's rules round it. Who reads it gets its error; nobody else has to listen. */
export const answerBody = (raw: Readable, request: AnswerBodyRequest): Readable => {
  const body = new AnswerBody(request);
  body.on("error", () => {});
  pipeline(raw, body, () => {});
  return body;
};
