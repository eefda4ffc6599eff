import { parseHeaders, type RecordHeaders, renderHeaders } from "../artifact/record-text.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { noSignatures, type Signatures } from "../signing/signatures.ts";
import { digestGrammar, layout, releaseGrammar, runGrammar } from "./fields.ts";
import { environmentKeys } from "./keys.ts";
import { freshNonce, readObject, swap } from "./object.ts";

/** What an environment should run: one small object that instances read too. */
export interface DesiredState {
  readonly application: string;
  /** Empty for the top level. */
  readonly environment: string;
  /** Rises with every move, also with a rollback: an older state is never mistaken for a newer one. */
  readonly version: number;
  /** The epoch of the run that moved it. */
  readonly epoch: number;
  readonly release: string;
  /** `sha256-<64 hex>` */
  readonly manifest: string;
  /** `sha256-<64 hex>` */
  readonly plan: string;
  /** The release that was desired before. */
  readonly previous: string | null;
  readonly run: string;
  /** Seconds since 1970. */
  readonly updated: number;
  /** Until when it counts for who does not run it yet, seconds since 1970; undefined: for ever. */
  readonly expires?: number;
  readonly reason?: string;
}

export interface DesiredMove {
  readonly to: Omit<DesiredState, "version" | "application" | "environment" | "expires">;
  /** The version that was read; 0 when there was none. */
  readonly expectVersion: number;
  /** The mover's epoch. */
  readonly epoch: number;
  /** The new version is above this too: a storage younger than the fleet is adopted. */
  readonly versionAbove?: number;
}

/** The desired state of one environment. */
export class Desired {
  readonly #storage: Storage;
  readonly #application: string;
  readonly #environment: string;
  readonly #key: string;
  readonly #signatures: Signatures;

  constructor(
    storage: Storage,
    application: string,
    environment: string,
    signatures: Signatures = noSignatures,
  ) {
    this.#signatures = signatures;
    this.#storage = storage;
    this.#application = application;
    this.#environment = environment;
    this.#key = environmentKeys(application, environment).desired;
  }

  /** The state, and its bytes as instances read them, signature and all. */
  async read(
    context: OperationContext,
  ): Promise<{ state: DesiredState; etag: string; bytes: Buffer } | undefined> {
    const found = await readObject(this.#storage, this.#key, context);
    return found && { state: this.#parse(found.bytes), ...found };
  }

  /**
   * Moves the desired state by compare-and-swap. Another version than the expected one is `HWS_STATE_MOVED`, a state
   * of a higher epoch `HWS_STATE_FENCED`.
   */
  async move(request: DesiredMove, context: OperationContext): Promise<DesiredState> {
    const current = await this.read(context);
    this.#refuse(request, current?.state);
    const version = Math.max(request.expectVersion, request.versionAbove ?? 0) + 1;
    const { lifetimeSeconds } = this.#signatures;
    const state: DesiredState = {
      ...request.to,
      ...(lifetimeSeconds !== undefined && { expires: request.to.updated + lifetimeSeconds }),
      epoch: request.epoch,
      application: this.#application,
      environment: this.#environment,
      version,
    };
    const bytes = await this.#signatures.sign(renderDesired(state), "hawser-desired@v1", context);
    this.#parse(bytes);
    const expected = current?.etag ?? null;
    const swapped = await swap(this.#storage, { key: this.#key, bytes, expected }, context);
    if (swapped.won) return state;
    this.#refuse(request, swapped.found && this.#parse(swapped.found.bytes));
    throw stateErrors.HWS_STATE_CONTENDED([this.#key]);
  }

  /** Says again what is desired, as a new version, so that it counts for its whole time from now; undefined when nothing is. */
  async renew(context: OperationContext): Promise<DesiredState | undefined> {
    const found = await this.read(context);
    if (found === undefined) return undefined;
    const { application: _, environment: __, version, expires: ___, ...said } = found.state;
    const to = { ...said, updated: Math.floor(Date.now() / 1000) };
    return await this.move({ to, expectVersion: version, epoch: said.epoch }, context);
  }

  #refuse({ epoch, expectVersion }: DesiredMove, current: DesiredState | undefined): void {
    if (current !== undefined && current.epoch > epoch) {
      throw stateErrors.HWS_STATE_FENCED([this.#key, current.epoch, epoch]);
    }
    const version = current?.version ?? 0;
    if (version !== expectVersion) throw stateErrors.HWS_STATE_MOVED([this.#key, expectVersion, version]);
  }

  #parse(bytes: Buffer): DesiredState {
    const state = parseDesired(this.#signatures.open(bytes, "hawser-desired@v1", this.#key), this.#key);
    if (state.application !== this.#application || state.environment !== this.#environment) {
      throw stateErrors.HWS_STATE_CORRUPT([this.#key, "belongs to another application or environment"]);
    }
    return state;
  }
}

/** Line text, as everything that instances read: a shell cannot parse JSON safely. */
function renderDesired(state: DesiredState): Buffer {
  return renderHeaders([
    ["hawser-desired", layout],
    ["application", state.application],
    ["environment", state.environment === "" ? "-" : state.environment],
    ["version", state.version],
    ["epoch", state.epoch],
    ["release", state.release],
    ["manifest", state.manifest],
    ["plan", state.plan],
    ["previous", state.previous ?? "-"],
    ["run", state.run],
    ["updated", state.updated],
    ["expires", state.expires],
    ["reason", state.reason],
    ["nonce", freshNonce()],
  ]);
}

function parseDesired(bytes: Buffer, key: string): DesiredState {
  try {
    const headers = parseHeaders(bytes);
    const found = headers.number("hawser-desired");
    if (found > layout) throw stateErrors.HWS_STATE_NEWER([key, found]);
    return takeDesired(headers);
  } catch (error) {
    if (HawserError.is(error, "HWS_STATE_NEWER")) throw error;
    throw stateErrors.HWS_STATE_CORRUPT([key, "is no desired state"], { cause: error });
  }
}

function takeDesired(headers: RecordHeaders): DesiredState {
  const environment = headers.match("environment", /^.{1,200}$/);
  const previous = headers.match("previous", /^(?:-|[0-9]{6,12})$/);
  const reason = headers.text("reason");
  return {
    application: headers.match("application", /^.{1,200}$/),
    environment: environment === "-" ? "" : environment,
    version: headers.number("version"),
    epoch: headers.number("epoch"),
    release: headers.match("release", releaseGrammar),
    manifest: headers.match("manifest", digestGrammar),
    plan: headers.match("plan", digestGrammar),
    previous: previous === "-" ? null : previous,
    run: headers.match("run", runGrammar),
    updated: headers.number("updated"),
    ...(headers.text("expires") !== undefined && { expires: headers.number("expires") }),
    ...(reason !== undefined && { reason }),
  };
}
