import type {
  HttpAnswer,
  HttpClient,
  HttpRequest,
  OpenedPart,
  OperationContext,
  Secret,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { statusFailure } from "./status.ts";
import {
  expectState,
  rangeCondition,
  readContentRange,
  readLength,
  type Validators,
  validatorsOf,
} from "./validators.ts";

/** What a request sends so that the server lets it in. */
export type Access = Pick<HttpRequest, "credentials" | "ca"> & {
  readonly headers: Readonly<Record<string, Secret>>;
};

/** One artifact on its server. */
export interface Place {
  readonly url: string;
  /** The same without what must not be seen. */
  readonly shown: string;
  readonly ref: string | undefined;
}

/** Servers that do not want to be asked with HEAD say so in many ways; the URL may also be signed for GET alone. */
const headRefused: ReadonlySet<number> = new Set([400, 403, 405, 501]);

/** Some servers say so of every artifact that is asked for with HEAD. */
const lengthOfHead = (value: string | undefined): number | undefined => readLength(value) || undefined;

/** The protocol: what the server says of an artifact, and its bytes from an offset on. */
export class ArtifactServer {
  readonly #http: HttpClient;
  readonly #access: Access;
  readonly #codings: readonly string[];

  /** @param codings content codings that are the artifact's own: Apache calls a .tar.gz a tar in the coding gzip. */
  constructor(http: HttpClient, access: Access, codings: readonly string[]) {
    this.#http = http;
    this.#access = access;
    this.#codings = codings;
  }

  /** Asks for everything but the bytes. */
  async look(place: Place, context: OperationContext): Promise<Validators> {
    const answer = await this.#ask(place, { method: "HEAD" }, context);
    answer.body.destroy();
    if (answer.status === 200)
      return validatorsOf(answer.headers, lengthOfHead(answer.headers["content-length"]));
    if (!headRefused.has(answer.status)) throw statusFailure(answer, place.shown, place.ref);
    return await this.#lookByGet(place, context);
  }

  /**
   * Opens the artifact in the state that is wanted; without one, in the state it has, which `seen` is told. The whole
   * comes where a part cannot be had for sure.
   */
  async open(
    place: Place,
    {
      offset,
      wanted,
      seen,
    }: {
      readonly offset: number;
      readonly wanted: Validators | undefined;
      readonly seen: (validators: Validators) => void;
    },
    context: OperationContext,
  ): Promise<OpenedPart> {
    const condition = wanted && rangeCondition(wanted);
    const part =
      offset > 0 && condition !== undefined ? { range: `bytes=${offset}-`, "if-range": condition } : {};
    const answer = await this.#ask(place, { headers: part }, context);
    try {
      const opened = partOf(answer, place, offset);
      const coding = answer.headers["content-encoding"] ?? "identity";
      if (coding !== "identity" && !this.#codings.includes(coding.toLowerCase()))
        throw errors.HWS_WEB_CODED([place.shown, coding.slice(0, 40)]);
      const said = validatorsOf(answer.headers, opened.sizeBytes);
      // A part need not say again what its condition was made of.
      const found = opened.offset > 0 ? { ...wanted, ...said } : said;
      if (wanted !== undefined) expectState(wanted, found, place.shown);
      seen(found);
      return opened;
    } catch (error) {
      answer.body.destroy();
      throw error;
    }
  }

  async #lookByGet(place: Place, context: OperationContext): Promise<Validators> {
    const answer = await this.#ask(place, { headers: { range: "bytes=0-0" } }, context);
    answer.body.destroy();
    const { status, headers } = answer;
    // No byte of an empty file can be asked for.
    if (status === 416) return validatorsOf(headers, 0);
    if (status === 206) return validatorsOf(headers, readContentRange(headers["content-range"])?.sizeBytes);
    if (status === 200) return validatorsOf(headers, readLength(headers["content-length"]));
    throw statusFailure(answer, place.shown, place.ref);
  }

  async #ask(
    { url }: Place,
    request: Pick<HttpRequest, "method" | "headers">,
    context: OperationContext,
  ): Promise<HttpAnswer> {
    const headers = { accept: "*/*", ...this.#access.headers, ...request.headers };
    return await this.#http.request({ ...this.#access, ...request, url, headers }, context);
  }
}

/** Reads from the head of an answer what part of the artifact its body is. */
const partOf = (answer: HttpAnswer, { shown, ref }: Place, asked: number): OpenedPart => {
  const { status, headers, body: stream } = answer;
  if (status === 206 && asked > 0) {
    const range = readContentRange(headers["content-range"]);
    if (range?.offset !== asked) throw errors.HWS_WEB_RANGE([shown]);
    return { stream, ...range };
  }
  if (status === 416) throw errors.HWS_SOURCE_MOVED([shown]);
  if (status !== 200) throw statusFailure(answer, shown, ref);
  const sizeBytes = readLength(headers["content-length"]);
  return { stream, offset: 0, ...(sizeBytes !== undefined && { sizeBytes }) };
};
