import type { NormalConfig } from "../config/types.ts";
import type { OperationContext } from "../contracts/common.ts";
import { Secret } from "../contracts/secret.ts";
import type { Storage } from "../contracts/storage.ts";
import type { Transport } from "../contracts/transport.ts";
import type { Reporter } from "../engine/reporter.ts";
import type { ArchiveForm, FetchedArchive, FetchPlace } from "../host/host-requests.ts";
import type { FleetMember } from "./member.ts";

/** An archive that lies in storage, as instances may fetch it. */
export interface StoredParcel {
  readonly form: ArchiveForm;
  readonly key: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Below this a request to storage costs an instance more than the bytes do over the session that is open anyway. */
export const pullFromBytes: number = 256 << 10;

/** How long an instance may try: a minute, and what the bytes take at 64 KiB/s, at most half an hour. */
export const fetchLimitMs = (sizeBytes: number): number =>
  Math.min(30 * 60_000, 60_000 + Math.ceil(sizeBytes / 64));

/** A URL serves all instances that begin to fetch within this time. */
const sharedMs = 30 * 60_000;
/** As far as S3 lets clocks differ. */
const clocksMs = 15 * 60_000;

/** How bytes reach the instances of one run: which of them fetch from storage themselves, and where. */
export class Delivery {
  readonly #storage: Storage;
  readonly #enabled: boolean;
  readonly #sealed: boolean;
  /** The transport is no way for bytes: what instances cannot fetch does not come at all. */
  readonly fetchOnly: boolean;
  readonly #reporter: Reporter;
  readonly #urls = new Map<string, { readonly place: Promise<FetchPlace>; readonly until: number }>();
  /** Instances that could not fetch: they are not asked to again. */
  readonly #unable = new Set<string>();
  #told = false;

  constructor(parts: {
    config: NormalConfig;
    storage: Storage;
    transport: Pick<Transport, "acceptsBody">;
    reporter: Reporter;
  }) {
    const { config, storage, transport, reporter } = parts;
    this.#storage = storage;
    this.#enabled = config.delivery === "auto" && storage.presignGet !== undefined;
    this.#sealed = config.encryption !== undefined;
    this.fetchOnly = transport.acceptsBody === false;
    this.#reporter = reporter;
  }

  /** Whether this instance is to fetch an archive of this size. */
  pulls(member: FleetMember, sizeBytes: number): boolean {
    return (
      this.#enabled &&
      (sizeBytes >= pullFromBytes || this.sealedOnly) &&
      member.survey?.tools.curl === true &&
      !this.#unable.has(member.id)
    );
  }

  /** A delta has to be stored first: worth it when others fetch it, too, and nothing is stored that is not sealed. */
  pullsDelta(member: FleetMember, sizeBytes: number, instances: number): boolean {
    return (instances > 1 || this.fetchOnly) && !this.#sealed && this.pulls(member, sizeBytes);
  }

  /** What is sealed in storage does not go plain over a transport that is no way for bytes: deltas are not sealed. */
  get sealedOnly(): boolean {
    return this.#sealed && this.fetchOnly;
  }

  /** Whether an archive may be sent, when it was not fetched. */
  sends(sizeBytes: number): boolean {
    return !this.fetchOnly || (sizeBytes < pullFromBytes && !this.#sealed);
  }

  /**
   * What the instance is told in place of the archive; undefined when it is sent. What goes wrong on the way to that is
   * told once a run, and the archive is sent.
   */
  async order(
    member: FleetMember,
    find: () => Promise<StoredParcel | undefined>,
    context: OperationContext,
  ): Promise<FetchedArchive | undefined> {
    if (!this.#enabled || this.#unable.has(member.id)) return undefined;
    try {
      const parcel = await find();
      if (parcel === undefined || !this.pulls(member, parcel.sizeBytes)) return undefined;
      const { form, sizeBytes, sha256 } = parcel;
      return { form, sizeBytes, sha256, from: await this.#place(parcel, context) };
    } catch (error) {
      context.signal.throwIfAborted();
      this.gaveUp(member, error);
      return undefined;
    }
  }

  /** The instance could not fetch: what it needs is sent from here on. */
  gaveUp(member: FleetMember, error: unknown): void {
    this.#unable.add(member.id);
    if (this.#told) return;
    this.#told = true;
    this.#reporter.warnError(error, { instance: member.id, step: "stage" });
  }

  #place({ key, sizeBytes }: StoredParcel, context: OperationContext): Promise<FetchPlace> {
    const known = this.#urls.get(key);
    if (known !== undefined && known.until > Date.now()) return known.place;
    const place = this.#presign(key, fetchLimitMs(sizeBytes), context);
    this.#urls.set(key, { place, until: Date.now() + sharedMs });
    place.catch(() => this.#urls.delete(key));
    return place;
  }

  /** The URL outlives the longest try of the last instance that is told it. */
  async #presign(key: string, limitMs: number, context: OperationContext): Promise<FetchPlace> {
    const expiresMs = limitMs + sharedMs + clocksMs;
    const answer = await this.#storage.presignGet?.({ key, expiresMs }, context);
    if (answer === undefined) throw new TypeError("the storage does not presign");
    return { url: new Secret(answer.url), limitMs, ...(answer.ca !== undefined && { ca: answer.ca }) };
  }
}
