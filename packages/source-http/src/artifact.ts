import { randomUUID } from "node:crypto";
import {
  type Download,
  type Downloaded,
  type DownloadRequest,
  HawserError,
  type OperationContext,
  type Problem,
  type Revision,
} from "@hawser/core/plugin";
import type { ArtifactServer, Place } from "./artifact-server.ts";
import type { ArtifactUrl } from "./artifact-url.ts";
import { errors } from "./errors.ts";
import { isStrong, stateId, type Validators } from "./validators.ts";

/** Which state of the artifact there is, and its bytes. */
export class Artifact {
  readonly #url: ArtifactUrl;
  readonly #server: ArtifactServer;
  readonly #download: Download;
  readonly #sha256: string | undefined;
  /** What had to be downloaded to be named, by revision. */
  readonly #brought = new Map<string, Downloaded>();

  constructor(url: ArtifactUrl, server: ArtifactServer, download: Download, sha256: string | undefined) {
    this.#url = url;
    this.#server = server;
    this.#download = download;
    this.#sha256 = sha256?.toLowerCase();
  }

  async resolve(asked: string | undefined, context: OperationContext): Promise<Revision> {
    const place = this.#placeOf(this.#url.refOf(asked));
    context.signal.throwIfAborted();
    if (this.#sha256 !== undefined) return this.#revision(place, digestId(this.#sha256), true);
    const validators = await this.#server.look(place, context);
    const id = stateId(place.url, validators);
    if (id !== undefined) return this.#revision(place, id, false, timeOf(validators));
    const downloaded = await this.#bring(place, { identity: randomUUID() }, undefined, context);
    const named = digestId(downloaded.sha256);
    this.#brought.set(named, downloaded);
    return this.#revision(place, named, true);
  }

  /** The bytes of exactly this revision. */
  async bring(revision: Revision, context: OperationContext): Promise<Downloaded> {
    context.signal.throwIfAborted();
    const place = this.#placeOf(this.#url.hasRef ? this.#url.refOf(revision.label) : undefined);
    const digest = /^sha256-([0-9a-f]{64})$/.exec(revision.id)?.[1];
    if (digest !== undefined) return await this.#bringDigest(place, digest, context);
    const wanted = await this.#server.look(place, context);
    this.#expect(place, wanted, revision);
    if (isStrong(wanted))
      return await this.#bring(place, { identity: `${place.url}\n${wanted.etag}` }, wanted, context);
    const downloaded = await this.#bring(place, { identity: randomUUID() }, wanted, context);
    this.#expect(place, await this.#server.look(place, context), revision);
    return downloaded;
  }

  /** Asks the server for the artifact that is deployed when none is named, without downloading it. */
  async check(context: OperationContext): Promise<readonly Problem[]> {
    try {
      if (this.#url.canBeAsked) await this.#server.look(this.#placeOf(this.#url.refOf(undefined)), context);
      return [];
    } catch (error) {
      context.signal.throwIfAborted();
      if (!HawserError.is(error)) throw error;
      const { code, message, hint } = error;
      return [{ code, message, ...(hint !== undefined && { hint }), where: "source", severity: "error" }];
    }
  }

  shown({ label }: Revision): string {
    return this.#url.shown(this.#url.hasRef ? label : undefined);
  }

  async #bringDigest(place: Place, sha256: string, context: OperationContext): Promise<Downloaded> {
    const brought = this.#brought.get(digestId(sha256));
    if (brought !== undefined) return brought;
    try {
      return await this.#bring(place, { identity: digestId(sha256), sha256 }, undefined, context);
    } catch (error) {
      // A digest that a person gave is wrong; one that was seen before is no longer there.
      if (this.#sha256 === undefined && HawserError.is(error, "HWS_DOWNLOAD_DIGEST"))
        throw errors.HWS_SOURCE_MOVED([place.shown], { cause: error });
      throw error;
    }
  }

  /** Without a state that is wanted, that of the first opening is: a download never mixes two. */
  async #bring(
    place: Place,
    request: Pick<DownloadRequest, "identity" | "sha256">,
    state: Validators | undefined,
    context: OperationContext,
  ): Promise<Downloaded> {
    let wanted = state;
    const seen = (found: Validators) => {
      wanted ??= found;
    };
    const open: DownloadRequest["open"] = (offset, inner) =>
      this.#server.open(place, { offset, wanted, seen }, inner);
    return await this.#download({ ...request, open }, context);
  }

  #placeOf(ref: string | undefined): Place {
    return { url: this.#url.of(ref), shown: this.#url.shown(ref), ref };
  }

  #expect({ url, shown }: Place, validators: Validators, revision: Revision): void {
    if (stateId(url, validators) !== revision.id) throw errors.HWS_SOURCE_MOVED([shown]);
  }

  #revision({ shown, ref }: Place, id: string, exact: boolean, time?: number): Revision {
    const label = ref ?? decodeName(this.#url.fileName);
    return {
      id,
      exact,
      ...(label !== "" && { label }),
      url: shown,
      ...(time !== undefined && { time }),
    };
  }
}

const digestId = (sha256: string): string => `sha256-${sha256}`;

const timeOf = ({ lastModified }: Validators): number | undefined => {
  const ms = Date.parse(lastModified ?? "");
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
};

const decodeName = (name: string): string => {
  try {
    return decodeURIComponent(name).replaceAll(/[^\x20-\x7e]/g, "?");
  } catch {
    return name;
  }
};
