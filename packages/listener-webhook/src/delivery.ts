import { setTimeout as sleep } from "node:timers/promises";
import { HawserError, type HttpAnswer, type HttpClient, type OperationContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { oneLine } from "./one-line.ts";
import { retryAfterMs } from "./retry-after.ts";

const passing: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
const firstRestMs = 200;
const longestRestMs = 1_000;
/** What is read of the answer to a refused request. */
const saidBytes = 200;

/** Where notifications go. */
export interface Address {
  readonly url: string;
  /** What may be shown of it: its path is a secret. */
  readonly origin: string;
  readonly headers: NonNullable<Parameters<HttpClient["request"]>[0]["headers"]>;
  readonly ca?: string;
  /** For all tries together. */
  readonly timeoutMs: number;
}

/** How a try failed, and how long to rest before the next one; none when there is to be none. */
interface Failure {
  readonly error: HawserError;
  readonly restMs?: number | undefined;
}

const firstWords = async ({ body }: HttpAnswer): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes >= saidBytes) break;
    }
  } catch {
    // What it had to say beside the status is a courtesy.
  }
  return oneLine(Buffer.concat(chunks).subarray(0, saidBytes).toString("utf8").replaceAll("\ufffd", ""));
};

/** Servers repeat the path that they do not know, and the path is the secret. */
const withoutPlace = (said: string, url: string): string => {
  const { pathname, search } = new URL(url);
  const parts = [pathname, ...pathname.split("/"), search.slice(1), ...search.slice(1).split(/[&=]/)];
  return parts.filter((part) => part.length >= 4).reduce((text, part) => text.replaceAll(part, "…"), said);
};

const letGo = ({ body }: HttpAnswer): void => void body.on("error", () => {}).destroy();

/** Posts one payload, again and again while it may help and there is time. A refused redirect leads nowhere. */
export class Delivery {
  readonly #http: HttpClient;
  readonly #address: Address;

  constructor(http: HttpClient, address: Address) {
    this.#http = http;
    this.#address = address;
  }

  async post(payload: unknown, context: OperationContext): Promise<void> {
    const body = JSON.stringify(payload);
    const { timeoutMs } = this.#address;
    const end = performance.now() + timeoutMs;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error(`${timeoutMs} ms are over`)), timeoutMs);
    const follow = (): void => limit.abort(context.signal.reason);
    context.signal.addEventListener("abort", follow, { once: true });
    if (context.signal.aborted) follow();
    try {
      for (let tries = 1; ; tries += 1) {
        const failure = await this.#try(body, tries, { ...context, signal: limit.signal });
        if (failure === undefined) return;
        context.signal.throwIfAborted();
        const { error, restMs } = failure;
        if (restMs === undefined || performance.now() + restMs >= end) throw error;
        await sleep(restMs, undefined, { signal: limit.signal });
      }
    } finally {
      clearTimeout(timer);
      context.signal.removeEventListener("abort", follow);
    }
  }

  async #try(body: string, tries: number, context: OperationContext): Promise<Failure | undefined> {
    const { url, headers, ca } = this.#address;
    const restMs = Math.min(longestRestMs, firstRestMs * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
    let answer: HttpAnswer;
    try {
      answer = await this.#http.request(
        { url, method: "POST", headers, body, ...(ca !== undefined && { ca }) },
        context,
      );
    } catch (error) {
      return this.#unreached(error, restMs);
    }
    return await this.#judge(answer, tries, restMs);
  }

  #unreached(error: unknown, restMs: number): Failure {
    const { origin } = this.#address;
    const why = error instanceof Error ? oneLine(error.message) : String(error);
    const wrapped = errors.HWS_WEBHOOK_UNREACHABLE([origin, why]);
    return HawserError.is(error) && error.retryable ? { error: wrapped, restMs } : { error: wrapped };
  }

  async #judge(answer: HttpAnswer, tries: number, restMs: number): Promise<Failure | undefined> {
    const { status, headers } = answer;
    const { origin, url } = this.#address;
    if (status >= 200 && status < 300) return void letGo(answer);
    if (status >= 300 && status < 400) {
      letGo(answer);
      return { error: errors.HWS_WEBHOOK_REDIRECT([origin, status]) };
    }
    if (!passing.has(status))
      return {
        error: errors.HWS_WEBHOOK_REFUSED([origin, status, withoutPlace(await firstWords(answer), url)]),
      };
    letGo(answer);
    const asked = retryAfterMs(headers["retry-after"]);
    return { error: errors.HWS_WEBHOOK_BUSY([origin, status, tries]), restMs: Math.max(asked ?? 0, restMs) };
  }
}
