import type { OperationContext } from "../contracts/common.ts";
import type { DownloadRequest, OpenedPart } from "../contracts/download.ts";
import { downloadErrors } from "../errors/download-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import type { DownloadLimits } from "./limits.ts";
import { openWithin } from "./opening.ts";
import { OpeningBudget } from "./opening-budget.ts";
import type { PartFile } from "./part-file.ts";
import { unstalled } from "./stall.ts";

/** Brings the bytes of one file into a part file, opening it as often as it takes. */
export class Reception {
  readonly #request: DownloadRequest;
  readonly #part: PartFile;
  readonly #limits: DownloadLimits;
  readonly #context: OperationContext;
  /** The length that an opening told. */
  #told: number | undefined;

  constructor(request: DownloadRequest, part: PartFile, limits: DownloadLimits, context: OperationContext) {
    this.#request = request;
    this.#part = part;
    this.#limits = limits;
    this.#context = context;
  }

  /** Returns when all bytes are there. */
  async run(): Promise<void> {
    const budget = new OpeningBudget(this.#limits);
    const { signal, logger } = this.#context;
    for (;;) {
      try {
        await this.#readOn();
        if (this.#sizeBytes === undefined || this.#part.sizeBytes === this.#sizeBytes) return;
        throw this.#short(this.#sizeBytes);
      } catch (error) {
        signal.throwIfAborted();
        // What fails behind the last byte has nothing more to bring.
        if (this.#part.sizeBytes === this.#sizeBytes) return;
        if (!isPassing(error)) throw error;
        await budget.next(error, this.#part.sizeBytes, signal);
        logger.debug("the download is opened again", { offset: this.#part.sizeBytes, code: error.code });
      }
    }
  }

  get #sizeBytes(): number | undefined {
    return this.#request.sizeBytes ?? this.#told;
  }

  /** A stream that ended in peace before the told length: it may have been cut, or the file is as short as that. */
  #short(sizeBytes: number): HawserError {
    const found = `only ${this.#part.sizeBytes}`;
    return downloadErrors.HWS_DOWNLOAD_LENGTH([sizeBytes, found], { details: { short: true } });
  }

  async #readOn(): Promise<void> {
    const { stallMs } = this.#limits;
    const opened = await openWithin(this.#request, this.#part.sizeBytes, stallMs, this.#context);
    // Its error is thrown where it is read; until then nobody listens, and that would end the process.
    opened.stream.on("error", () => {});
    try {
      await this.#accept(opened);
    } catch (error) {
      opened.stream.destroy();
      throw error;
    }
    const chunks = unstalled(opened.stream, {
      stallMs,
      stalled: () => downloadErrors.HWS_DOWNLOAD_STALLED([stallMs]),
      signal: this.#context.signal,
    });
    try {
      for (;;) {
        const next = await chunks.next().catch((error: unknown) => {
          throw this.#asCut(error);
        });
        if (next.done === true) return;
        await this.#take(next.value);
      }
    } finally {
      await chunks.return(undefined);
    }
  }

  /** Makes sure that what was opened belongs behind what has come. */
  async #accept({ offset, sizeBytes }: OpenedPart): Promise<void> {
    const reached = this.#part.sizeBytes;
    if (offset !== reached && offset !== 0) throw downloadErrors.HWS_DOWNLOAD_OFFSET([reached, offset]);
    if (sizeBytes !== undefined) {
      const { sizeBytes: expected } = this.#request;
      if (expected !== undefined && sizeBytes !== expected)
        throw downloadErrors.HWS_DOWNLOAD_LENGTH([expected, String(sizeBytes)]);
      if (this.#told !== undefined && sizeBytes !== this.#told)
        throw downloadErrors.HWS_DOWNLOAD_MOVED([this.#told, sizeBytes]);
      this.#told = sizeBytes;
    }
    if ((this.#sizeBytes ?? 0) > this.#limits.fileBytes)
      throw downloadErrors.HWS_DOWNLOAD_TOO_LARGE([this.#limits.fileBytes]);
    if (offset !== reached) await this.#part.restart();
  }

  async #take(chunk: Buffer): Promise<void> {
    const { fileBytes } = this.#limits;
    const total = this.#sizeBytes;
    const reached = this.#part.sizeBytes + chunk.length;
    if (total !== undefined && reached > total) throw downloadErrors.HWS_DOWNLOAD_LENGTH([total, "more"]);
    if (reached > fileBytes) throw downloadErrors.HWS_DOWNLOAD_TOO_LARGE([fileBytes]);
    await this.#part.append(chunk);
    this.#context.progress({ bytes: reached, ...(total !== undefined && { total }) });
  }

  /** A protocol's own error says more than that the stream ended. */
  #asCut(cause: unknown): unknown {
    if (HawserError.is(cause)) return cause;
    return downloadErrors.HWS_DOWNLOAD_CUT([this.#part.sizeBytes, this.#sizeBytes], { cause });
  }
}

const isPassing = (error: unknown): error is HawserError =>
  HawserError.is(error) && (error.retryable || error.details.short === true);
