import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { deltaArchive } from "../artifact/delta.ts";
import { manifestDelta, toSend } from "../artifact/difference.ts";
import { Manifest } from "../artifact/manifest.ts";
import type { ReleaseRecord } from "../artifact/release-record.ts";
import { restoreArtifact } from "../artifact/stored-form.ts";
import { zstdFile } from "../artifact/zstd-command.ts";
import type { OperationContext } from "../contracts/common.ts";
import { HawserError } from "../errors/hawser-error.ts";
import type { Releases } from "../state/releases.ts";
import type { StoredParcel } from "./delivery.ts";
import type { FleetMember } from "./member.ts";

const compress = promisify(gzip);

const downloads = 6;

/** Bytes that can be sent to any number of instances. */
export interface Parcel {
  readonly sizeBytes: number;
  open(): Readable;
}

/** What brings one base to the release: made once, sent to every instance that holds the base. */
export interface Delta {
  readonly manifest: Buffer;
  readonly archive: Parcel;
  /** The names whose bytes the archive holds. */
  readonly names: ReadonlySet<string>;
}

/** The manifests of what an instance has. */
export interface DeltaSources {
  readonly base: string;
  readonly lender?: string | undefined;
}

/** A parcel in one of the forms that an instance may unpack. */
export interface ParcelForm {
  readonly form: "tar.gz" | "tar.zst";
  readonly parcel: Parcel;
}

const fileParcel = async (path: string): Promise<Parcel> => {
  const { size } = await stat(path);
  return { sizeBytes: size, open: () => createReadStream(path, { highWaterMark: 1 << 18 }) };
};

const exists = async (path: string): Promise<boolean> =>
  await access(path).then(
    () => true,
    () => false,
  );

/** One release on its way to the instances: its record, its manifest, and its bytes in the form each instance needs. */
export class Shipment {
  readonly record: ReleaseRecord;
  readonly recordBytes: Buffer;
  readonly manifest: Manifest;
  readonly #releases: Releases;
  readonly #directory: string;
  readonly #deltas = new Map<string, Promise<Delta>>();
  readonly #storedDeltas = new Map<string, Promise<StoredParcel>>();
  #whole: Promise<Parcel> | undefined;
  #quick: Promise<Parcel | undefined> | undefined;
  #manifestParcel: Promise<Buffer> | undefined;
  #artifact: Promise<string> | undefined;

  constructor(parts: {
    record: ReleaseRecord;
    recordBytes: Buffer;
    manifest: Manifest;
    releases: Releases;
    /** Where artifacts are cached on the deployer. */
    directory: string;
  }) {
    this.record = parts.record;
    this.recordBytes = parts.recordBytes;
    this.manifest = parts.manifest;
    this.#releases = parts.releases;
    this.#directory = parts.directory;
  }

  /** The cached canonical tar of an artifact, its cached stored form, and the form that is quickest to unpack. */
  static paths(directory: string, digest: string): { tar: string; stored: string; quick: string } {
    const tar = join(directory, `${digest}.tar`);
    return { tar, stored: `${tar}.gz`, quick: `${tar}.zst` };
  }

  get id(): string {
    return this.record.id;
  }

  /** The whole artifact in the form that costs this instance least: unzstd takes a quarter of gunzip's time. */
  async wholeFor(member: FleetMember, context: OperationContext): Promise<ParcelForm> {
    if (member.survey?.tools.zstd === true) {
      this.#quick ??= this.#makeQuick(context);
      const quick = await this.#quick;
      if (quick !== undefined) return { form: "tar.zst", parcel: quick };
    }
    return { form: "tar.gz", parcel: await this.whole(context) };
  }

  /** Undefined where the deployer has no zstd. */
  async #makeQuick(context: OperationContext): Promise<Parcel | undefined> {
    const { quick } = Shipment.paths(this.#directory, this.record.artifact);
    if (!(await exists(quick)) && !(await zstdFile(await this.artifact(context), quick, context.signal)))
      return undefined;
    return await fileParcel(quick);
  }

  /** The whole artifact in its stored form; fetched from storage once when the deployer has it no more. */
  whole(context: OperationContext): Promise<Parcel> {
    this.#whole ??= this.#spool(context);
    return this.#whole;
  }

  async #spool(context: OperationContext): Promise<Parcel> {
    const { stored } = Shipment.paths(this.#directory, this.record.artifact);
    if (!(await exists(stored))) {
      await mkdir(this.#directory, { recursive: true });
      await this.#download(stored, context);
    }
    return await fileParcel(stored);
  }

  /** A download that is cut on the way begins again. */
  async #download(stored: string, context: OperationContext): Promise<void> {
    const part = `${stored}.${process.pid}.part`;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          const { stream } = await this.#releases.getArtifact(this.record.artifact, context);
          await pipeline(stream, createWriteStream(part), { signal: context.signal });
          return await rename(part, stored);
        } catch (error) {
          const again = HawserError.is(error) && error.retryable && attempt < downloads;
          if (!again) throw error;
          await sleep(250 * 2 ** attempt, undefined, { signal: context.signal });
        }
      }
    } finally {
      await rm(part, { force: true });
    }
  }

  /** The whole artifact as instances may fetch it; undefined when storage has it no more. */
  async storedWhole(context: OperationContext): Promise<StoredParcel | undefined> {
    return await this.#releases.placeArtifact(this.record.artifact, context);
  }

  manifestGzip(): Promise<Buffer> {
    this.#manifestParcel ??= compress(this.manifest.bytes);
    return this.#manifestParcel;
  }

  /** The canonical tar on the deployer; restored from storage when it is not cached. */
  artifact(context: OperationContext): Promise<string> {
    this.#artifact ??= this.#restore(context);
    return this.#artifact;
  }

  async #restore(context: OperationContext): Promise<string> {
    const { tar } = Shipment.paths(this.#directory, this.record.artifact);
    if (await exists(tar)) return tar;
    await mkdir(this.#directory, { recursive: true });
    const whole = await this.whole(context);
    await restoreArtifact(
      {
        stream: whole.open(),
        output: tar,
        digest: this.record.artifact,
        limitBytes: this.record.artifactBytes,
      },
      context,
    );
    return tar;
  }

  /** What brings a base to the release, on an instance that has the lender too. Both are named by their manifests. */
  delta(from: DeltaSources, context: OperationContext): Promise<Delta> {
    const key = `${from.base} ${from.lender ?? ""}`;
    let delta = this.#deltas.get(key);
    if (delta === undefined) {
      delta = this.#makeDelta(from, context);
      this.#deltas.set(key, delta);
    }
    return delta;
  }

  /** The same delta as instances may fetch it: put into storage once. */
  storedDelta(from: DeltaSources, context: OperationContext): Promise<StoredParcel> {
    const key = `${from.base} ${from.lender ?? ""}`;
    let stored = this.#storedDeltas.get(key);
    if (stored === undefined) {
      stored = this.#storeDelta(from, context);
      this.#storedDeltas.set(key, stored);
    }
    return stored;
  }

  async #storeDelta(from: DeltaSources, context: OperationContext): Promise<StoredParcel> {
    const { archive } = await this.delta(from, context);
    const hash = createHash("sha256");
    for await (const chunk of archive.open()) hash.update(chunk as Buffer);
    const bytes = { sizeBytes: archive.sizeBytes, sha256: hash.digest("hex"), open: () => archive.open() };
    const place = { target: this.record.manifest, ...from };
    return { form: "tar.gz", ...(await this.#releases.putDelta(place, bytes, context)) };
  }

  async #makeDelta(from: DeltaSources, context: OperationContext): Promise<Delta> {
    const read = async (digest: string) => Manifest.parse(await this.#releases.getManifest(digest, context));
    const [base, lender] = await Promise.all([
      read(from.base),
      from.lender === undefined ? undefined : read(from.lender),
    ]);
    const names = toSend(this.manifest, base, lender);
    const [manifest, archive] = await Promise.all([
      compress(manifestDelta(base, this.manifest)),
      this.archiveOf(names, context),
    ]);
    return { manifest, archive, names: new Set(names) };
  }

  /** An archive of some of the release's files, with the release's own times. */
  async archiveOf(names: readonly string[], context: OperationContext): Promise<Parcel> {
    return await deltaArchive(
      { artifact: await this.artifact(context), manifest: this.manifest, names },
      context,
    );
  }
}
