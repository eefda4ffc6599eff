import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type DeltaArchive, deltaArchive } from "../artifact/delta.ts";
import { manifestDelta, toSend } from "../artifact/difference.ts";
import { type FormName, isSealed } from "../artifact/form-name.ts";
import { Manifest } from "../artifact/manifest.ts";
import type { ReleaseRecord } from "../artifact/release-record.ts";
import { compressArtifact, restoreArtifact } from "../artifact/stored-form.ts";
import { zstdFile } from "../artifact/zstd-command.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { StageManifest } from "../host/host.ts";
import { isUnreadable } from "../sealing/unreadable.ts";
import type { Releases } from "../state/releases.ts";
import type { StoredParcel } from "./delivery.ts";
import { download, receive } from "./download.ts";
import type { FleetMember } from "./member.ts";
import { usableForms } from "./usable-forms.ts";

const compress = promisify(gzip);

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

/** A manifest on its way to an instance: compressed, or sealed as it is stored. */
export type ManifestParcel = Exclude<StageManifest, { readonly form: "delta" }>;

/** A parcel in one of the forms that an instance may unpack. */
export interface ParcelForm {
  readonly form: FormName;
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
export class Shipment implements AsyncDisposable {
  readonly record: ReleaseRecord;
  readonly recordBytes: Buffer;
  readonly #releases: Releases;
  readonly #directory: string;
  readonly #archives: DeltaArchive[] = [];
  readonly #deltas = new Map<string, Promise<Delta>>();
  readonly #storedDeltas = new Map<string, Promise<StoredParcel>>();
  #whole: Promise<Parcel> | undefined;
  #quick: Promise<Parcel | undefined> | undefined;
  #sealed: Promise<ParcelForm | undefined> | undefined;
  #manifest: Promise<Manifest> | undefined;
  #manifestParcel: Promise<ManifestParcel> | undefined;
  #artifact: Promise<string> | undefined;

  constructor(parts: {
    record: ReleaseRecord;
    recordBytes: Buffer;
    /** Read from storage when it is needed, where it is not at hand. */
    manifest?: Manifest | undefined;
    releases: Releases;
    /** Where artifacts are cached on the deployer. */
    directory: string;
  }) {
    this.record = parts.record;
    this.recordBytes = parts.recordBytes;
    if (parts.manifest !== undefined) this.#manifest = Promise.resolve(parts.manifest);
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

  manifest(context: OperationContext): Promise<Manifest> {
    this.#manifest ??= this.#releases.getManifest(this.record.manifest, context).then(Manifest.parse);
    return this.#manifest;
  }

  /** The whole artifact in the form that costs this instance least, of those that can be made here. */
  async wholeFor(member: FleetMember, context: OperationContext): Promise<ParcelForm> {
    const usable = usableForms(member);
    try {
      if (usable.includes("tar.zst")) {
        this.#quick ??= this.#makeQuick(context);
        const quick = await this.#quick;
        if (quick !== undefined) return { form: "tar.zst", parcel: quick };
      }
      return { form: "tar.gz", parcel: await this.whole(context) };
    } catch (error) {
      const sealed = isUnreadable(error) ? await this.#sealedFor(usable, context) : undefined;
      if (sealed === undefined) throw error;
      return sealed;
    }
  }

  /** As it is stored, for an instance that can open what the deployer cannot. */
  async #sealedFor(usable: readonly FormName[], context: OperationContext): Promise<ParcelForm | undefined> {
    this.#sealed ??= this.#fetchSealed(usable.filter(isSealed), context);
    const sealed = await this.#sealed;
    return sealed !== undefined && usable.includes(sealed.form) ? sealed : undefined;
  }

  async #fetchSealed(
    usable: readonly FormName[],
    context: OperationContext,
  ): Promise<ParcelForm | undefined> {
    const opened = await this.#releases.getForm(this.record.artifact, usable, context);
    if (opened === undefined) return undefined;
    const { tar } = Shipment.paths(this.#directory, this.record.artifact);
    // Named by its own digest: two sealings of one artifact differ.
    const place = `${tar}.${opened.sha256.slice(0, 16)}.age`;
    if (await exists(place)) opened.stream.on("error", () => {}).destroy();
    else await receive(opened.stream, place, context.signal);
    return { form: opened.form, parcel: await fileParcel(place) };
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
    const { artifact } = this.record;
    const { tar, stored, quick } = Shipment.paths(this.#directory, artifact);
    if (await exists(stored)) return await fileParcel(stored);
    try {
      await download(this.#releases, artifact, { gzip: stored, zstd: quick }, context);
    } catch (error) {
      if (!isUnreadable(error) || !(await exists(tar))) throw error;
    }
    // Made here where storage has another form, or one that cannot be opened.
    if (!(await exists(stored)))
      await compressArtifact({ path: await this.#restored(context), output: stored }, context);
    return await fileParcel(stored);
  }

  /** The first of these forms that is stored, as instances may fetch it; undefined when storage has none of them. */
  async storedWhole(member: FleetMember, context: OperationContext): Promise<StoredParcel | undefined> {
    return await this.#releases.placeArtifact(this.record.artifact, usableForms(member), context);
  }

  /** As an instance takes it: compressed, or as it is stored where only the instance can open it. */
  manifestFor(member: FleetMember, context: OperationContext): Promise<ManifestParcel> {
    this.#manifestParcel ??= this.manifest(context).then(async ({ bytes }) => ({
      form: "full" as const,
      gzip: await compress(bytes),
    }));
    return this.#manifestParcel.catch(async (error: unknown) => {
      if (!isUnreadable(error) || !usableForms(member).some(isSealed)) throw error;
      const age = await this.#releases.getSealedManifest(this.record.manifest, context);
      if (age === undefined) throw error;
      return { form: "sealed" as const, age };
    });
  }

  /** The canonical tar on the deployer; restored from storage when it is not cached. */
  artifact(context: OperationContext): Promise<string> {
    this.#artifact ??= this.#restore(context);
    return this.#artifact;
  }

  async #restore(context: OperationContext): Promise<string> {
    const { tar } = Shipment.paths(this.#directory, this.record.artifact);
    if (!(await exists(tar))) await this.whole(context);
    return await this.#restored(context);
  }

  /** The canonical tar, out of whichever form is cached. */
  async #restored(context: OperationContext): Promise<string> {
    const { tar, stored, quick } = Shipment.paths(this.#directory, this.record.artifact);
    if (await exists(tar)) return tar;
    const form = (await exists(stored)) ? "tar.gz" : "tar.zst";
    await restoreArtifact(
      {
        form,
        stream: createReadStream(form === "tar.gz" ? stored : quick, { highWaterMark: 1 << 18 }),
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
    const [target, base, lender] = await Promise.all([
      this.manifest(context),
      read(from.base),
      from.lender === undefined ? undefined : read(from.lender),
    ]);
    const names = toSend(target, base, lender);
    const [manifest, archive] = await Promise.all([
      compress(manifestDelta(base, target)),
      this.archiveOf(names, context),
    ]);
    return { manifest, archive, names: new Set(names) };
  }

  /** An archive of some of the release's files, with the release's own times. */
  async archiveOf(names: readonly string[], context: OperationContext): Promise<Parcel> {
    const [artifact, manifest] = await Promise.all([this.artifact(context), this.manifest(context)]);
    const archive = await deltaArchive({ artifact, manifest, names }, context);
    this.#archives.push(archive);
    return archive;
  }

  /** Archives that were made for this run may lie in temporary files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#archives.splice(0).map((archive) => archive[Symbol.asyncDispose]()));
  }
}
