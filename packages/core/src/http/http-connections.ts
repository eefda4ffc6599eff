import type { Dispatcher } from "undici";
import type { OperationContext } from "../contracts/common.ts";
import type { HttpAnswer, HttpClient, HttpRequest } from "../contracts/http.ts";
import { httpErrors } from "../errors/http-codes.ts";
import type { AddressClass } from "./address-class.ts";
import { answerBody } from "./answer-body.ts";
import { requestFailure } from "./failure.ts";
import { defaultLimits, type HttpLimits } from "./limits.ts";
import type { Environment } from "./proxy-choice.ts";
import { headersOf } from "./request-headers.ts";
import { type Way, Ways } from "./ways.ts";
import { parseUrl, redirectOf, shownUrl } from "./web-url.ts";

export interface HttpSettings {
  readonly limits?: Partial<HttpLimits>;
  /** Where proxies are named. Default: this process's own environment. */
  readonly environment?: Environment;
  readonly classOf?: (address: string) => AddressClass;
}

type Undici = typeof import("undici");

/** The HTTP of one plugin: a client with its connections, which disposing ends. */
export class HttpConnections implements HttpClient, AsyncDisposable {
  readonly #settings: HttpSettings;
  readonly #limits: HttpLimits;
  #opened: Promise<{ undici: Undici; ways: Ways }> | undefined;

  constructor(settings: HttpSettings = {}) {
    this.#settings = settings;
    this.#limits = { ...defaultLimits, ...settings.limits };
  }

  async request(request: HttpRequest, context: OperationContext): Promise<HttpAnswer> {
    context.signal.throwIfAborted();
    const first = parseUrl(request.url);
    const headers = headersOf(request);
    const { ways } = await this.#open();
    let origin: AddressClass | undefined;
    let hasLeft = false;
    for (let [url, hops] = [first, 0]; ; hops += 1) {
      const way = ways.to(url, origin, request.ca);
      const sent = { ...headers.everywhere, ...(!hasLeft && headers.originOnly) };
      const answer = await this.#send({ request, url, way, headers: sent }, context);
      origin ??= ways.classAt(first, way);
      const to = nextOf(request, url, answer);
      if (to === undefined) return answer;
      if (hops >= this.#limits.redirects)
        throw httpErrors.HWS_HTTP_REDIRECT_LIMIT([shownUrl(first), this.#limits.redirects]);
      hasLeft ||= to.origin !== first.origin;
      url = to;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    await opened?.ways[Symbol.asyncDispose]();
  }

  /** The library is loaded with the first request: most runs of the command line make none. */
  #open(): Promise<{ undici: Undici; ways: Ways }> {
    this.#opened ??= import("undici").then((undici) => {
      const { environment = process.env, classOf } = this.#settings;
      return { undici, ways: new Ways(undici, this.#limits, environment, classOf) };
    });
    return this.#opened;
  }

  async #send(
    {
      request,
      url,
      way,
      headers,
    }: {
      readonly request: HttpRequest;
      readonly url: URL;
      readonly way: Way;
      readonly headers: Readonly<Record<string, string>>;
    },
    { signal }: OperationContext,
  ): Promise<HttpAnswer> {
    const { method = "GET" } = request;
    const { undici } = await this.#open();
    const answer = await undici
      .request(url, {
        dispatcher: way.dispatcher,
        method,
        headers,
        body: request.body ?? null,
        signal,
        headersTimeout: this.#limits.stallMs,
        // Who stands still in the body is judged there, slow ones too.
        bodyTimeout: 0,
      })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw requestFailure(error, { url, proxy: way.proxy, limits: this.#limits });
      });
    return asAnswer(answer, method, url, this.#limits, signal);
  }
}

const asAnswer = (
  { statusCode: status, headers: raw, body }: Dispatcher.ResponseData,
  method: string,
  url: URL,
  limits: HttpLimits,
  signal: AbortSignal,
): HttpAnswer => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const length =
    hasBody && /^\d{1,15}$/.test(headers["content-length"] ?? "") ? headers["content-length"] : undefined;
  const sizeBytes = length === undefined ? undefined : Number(length);
  return { status, headers, url: shownUrl(url), body: answerBody(body, { url, sizeBytes, limits, signal }) };
};

/** The next place to ask; what the answer to a redirect holds is let go. */
const nextOf = ({ method }: HttpRequest, url: URL, answer: HttpAnswer): URL | undefined => {
  if (method === "POST") return undefined;
  const letGo = () => answer.body.on("error", () => {}).destroy();
  try {
    const to = redirectOf(url, answer.status, answer.headers);
    if (to !== undefined) letGo();
    return to;
  } catch (error) {
    letGo();
    throw error;
  }
};
