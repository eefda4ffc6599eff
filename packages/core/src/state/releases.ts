import type { FormName } from "../artifact/form-name.ts";
import { parseRecord, type ReleaseRecord, renderRecord } from "../artifact/release-record.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { noSealing, type Sealing } from "../sealing/sealing.ts";
import { noSignatures, type Signatures } from "../signing/signatures.ts";
import { type ArtifactForm, Artifacts, type OpenedArtifactForm, type PlacedForm } from "./artifacts.ts";
import { readContent, writeContent } from "./content.ts";
import { Deltas, type StoredDelta } from "./deltas.ts";
import { Doomed } from "./doomed.ts";
import { Fields, releaseGrammar, renderDocument } from "./fields.ts";
import type { StoredForm } from "./form-record.ts";
import { type ApplicationKeys, applicationKeys, type DeltaPlace } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { Manifests } from "./manifests.ts";
import { readObject } from "./object.ts";
import { parsePlan, renderPlan } from "./plan-document.ts";
import { PlanProofs } from "./plan-proofs.ts";
import { type OpenedArtifact, openForm, sealForm } from "./sealed-form.ts";
import type { KnownBytes } from "./upload.ts";

/** Of the forms that may be stored those that cost the deployer least to open come first. */
const openingOrder: readonly FormName[] = ["tar.gz", "tar.zst", "tar.gz.age", "tar.zst.age"];
const sealedFirst: readonly FormName[] = ["tar.gz.age", "tar.zst.age", "tar.gz", "tar.zst"];
const maxAllocationTries = 1_000;

/** A release and the bytes of its record as they are stored, signature and all. */
export interface StoredRelease {
  readonly record: ReleaseRecord;
  readonly bytes: Buffer;
}

/** The releases of one application, and what they are made of. */
export class Releases {
  readonly #storage: Storage;
  readonly #application: string;
  readonly #keys: ApplicationKeys;
  readonly #artifacts: Artifacts;
  readonly #manifests: Manifests;
  readonly #sealing: Sealing;
  readonly #deltas: Deltas;
  readonly #doomed: Doomed;
  readonly #signatures: Signatures;
  readonly #proofs: PlanProofs;

  constructor(
    storage: Storage,
    application: string,
    signatures: Signatures = noSignatures,
    sealing: Sealing = noSealing,
  ) {
    this.#storage = storage;
    this.#signatures = signatures;
    this.#proofs = new PlanProofs(storage, application, signatures);
    this.#application = application;
    this.#keys = applicationKeys(application);
    this.#artifacts = new Artifacts(storage, application, signatures);
    this.#manifests = new Manifests(storage, application, sealing);
    this.#sealing = sealing;
    this.#deltas = new Deltas(storage, application);
    this.#doomed = new Doomed(storage, application);
  }

  /**
   * Stores a release under the next id: the highest one and 1, create-only. When another deployer was faster (or a
   * listing hid an id) the one above is tried. No id of `taken` is given: those that instances hold of a storage that was lost.
   */
  async allocate(
    make: (id: string) => ReleaseRecord,
    context: OperationContext,
    taken: readonly string[] = [],
  ): Promise<StoredRelease> {
    let number = Math.max(await this.#highest(context), ...taken.map(Number)) + 1;
    for (let tries = 0; tries < maxAllocationTries; tries++, number++) {
      const record = make(String(number).padStart(6, "0"));
      const bytes = await this.#signatures.sign(renderRecord(record), "hawser-release@v1", context);
      if (await this.#create(record.id, bytes, context)) return { record, bytes };
    }
    throw stateErrors.HWS_STATE_RELEASES_EXHAUSTED([this.#application]);
  }

  async get(id: string, context: OperationContext): Promise<StoredRelease | undefined> {
    if (!releaseGrammar.test(id)) return undefined;
    const key = this.#keys.release(id);
    const found = await readObject(this.#storage, key, context);
    if (found === undefined) return undefined;
    const record = parseRecord(this.#signatures.open(found.bytes, "hawser-release@v1", key));
    if (record.id !== id || record.application !== this.#application) {
      throw stateErrors.HWS_STATE_CORRUPT([key, `is the record of ${record.application} ${record.id}`]);
    }
    return { record, bytes: found.bytes };
  }

  /** Every release, oldest first. */
  async list(context: OperationContext): Promise<ReleaseRecord[]> {
    const found = await mapLimited(await this.#ids(context), (id) => this.get(id, context));
    return found.flatMap((release) => (release === undefined ? [] : [release.record]));
  }

  /** The artifacts of the newest releases, and of those named; a release that is gone has none. */
  async artifactsOf(
    { newest, also }: { readonly newest: number; readonly also: readonly string[] },
    context: OperationContext,
  ): Promise<ReadonlySet<string>> {
    const ids = new Set([...(await this.#ids(context)).slice(-newest), ...also]);
    const found = await mapLimited([...ids], (id) => this.get(id, context));
    return new Set(found.flatMap((release) => (release === undefined ? [] : [release.record.artifact])));
  }

  /** The release that was made from these prepare inputs, when it is still there. */
  async recall(buildKey: string, context: OperationContext): Promise<string | undefined> {
    const key = this.#keys.build(buildKey);
    const found = await readObject(this.#storage, key, context);
    if (found === undefined) return undefined;
    const id = Fields.parse(found.bytes, key).text("release", releaseGrammar);
    await this.#doomed.rescue([this.#keys.release(id), key], context);
    return (await this.#storage.stat({ key: this.#keys.release(id) }, context)) && id;
  }

  async remember(buildKey: string, id: string, context: OperationContext): Promise<void> {
    const body = renderDocument({ release: id });
    await this.#storage.put({ key: this.#keys.build(buildKey), body, sizeBytes: body.length }, context);
  }

  /** Stores a manifest under the digest of its text, which it returns; sealed where the config has recipients. */
  async putManifest(bytes: Uint8Array, context: OperationContext): Promise<string> {
    return this.#manifests.put(bytes, context);
  }

  async getManifest(digest: string, context: OperationContext): Promise<Buffer> {
    return this.#manifests.get(digest, context);
  }

  /**
   * Whether the artifact is stored whole in the form that every instance can open, sealed to the config's recipients where
   * it has some. From a true answer on no prune deletes it before its grace has passed again: journal the digest first,
   * then ask.
   */
  async hasArtifact(digest: string, context: OperationContext): Promise<boolean> {
    return this.#artifacts.has(digest, this.#wanted, context);
  }

  /** Whether what is stored sealed can be read here. */
  get opens(): boolean {
    return this.#sealing.opens;
  }

  get #wanted(): { readonly form: FormName; readonly recipients?: string } {
    return this.#sealing.seals
      ? { form: "tar.gz.age", recipients: this.#sealing.recipientsDigest }
      : { form: "tar.gz" };
  }

  /**
   * Stores a compressed form of an artifact unless it is there: the bytes first, then the record that makes them count.
   * Where the config has recipients it is sealed to them first, and nothing else is stored.
   */
  async putArtifact(form: ArtifactForm, context: OperationContext): Promise<void> {
    if (!this.#sealing.seals) return await this.#artifacts.put(form, context);
    await using sealed = await sealForm(form, this.#sealing, context);
    await this.#artifacts.put(sealed, context);
  }

  /** Opens a stored artifact as one of its compressed forms; what only is stored sealed needs an identity. */
  async getArtifact(digest: string, context: OperationContext): Promise<OpenedArtifact> {
    const order = this.#sealing.opens ? sealedFirst : openingOrder;
    for (const form of order) {
      const stored = await this.#artifacts.find(digest, form, context);
      if (stored === undefined) continue;
      return openForm(await this.#artifacts.open(digest, stored, context), digest, this.#sealing);
    }
    throw stateErrors.HWS_STATE_ARTIFACT_MISSING([digest]);
  }

  /** Every stored form of an artifact, without opening any: the one that is cheapest to open first. */
  async artifactForms(digest: string, context: OperationContext): Promise<readonly StoredForm[]> {
    return this.#artifacts.forms(digest, context);
  }

  /** Where the bytes of the first of these forms that is stored lie; undefined when none is. */
  async placeArtifact(
    digest: string,
    forms: readonly FormName[],
    context: OperationContext,
  ): Promise<PlacedForm | undefined> {
    return this.#artifacts.place(digest, forms, context);
  }

  /** The stored bytes of the first of these forms, as they are; undefined when none is stored. */
  async getForm(
    digest: string,
    forms: readonly FormName[],
    context: OperationContext,
  ): Promise<OpenedArtifactForm | undefined> {
    const placed = await this.#artifacts.place(digest, forms, context);
    return placed && (await this.#artifacts.open(digest, placed, context));
  }

  /** A manifest as it is stored sealed; undefined when it is not. */
  async getSealedManifest(digest: string, context: OperationContext): Promise<Buffer | undefined> {
    return this.#manifests.getSealed(digest, context);
  }

  /** Stores what brings a base to a release, unless it is there, for instances that fetch it. */
  async putDelta(place: DeltaPlace, delta: KnownBytes, context: OperationContext): Promise<StoredDelta> {
    return this.#deltas.put(place, delta, context);
  }

  /** Stores an install plan under the digest of its canonical text, which it returns. */
  async putPlan(plan: InstallPlan, context: OperationContext): Promise<string> {
    const digest = await this.#putContent((name) => this.#keys.plan(name), renderPlan(plan), context);
    await this.#proofs.put(digest, context);
    return digest;
  }

  async getPlan(digest: string, context: OperationContext): Promise<InstallPlan> {
    const key = this.#keys.plan(digest);
    const bytes = await readContent(this.#storage, key, digest, context);
    if (bytes === undefined) throw stateErrors.HWS_STATE_PLAN_MISSING([digest]);
    await this.#proofs.check(digest, context);
    return parsePlan(bytes, key);
  }

  async #putContent(
    keyOf: (digest: string) => string,
    bytes: Uint8Array,
    context: OperationContext,
  ): Promise<string> {
    return writeContent(this.#storage, keyOf, bytes, (key) => this.#doomed.rescue([key], context), context);
  }

  async #ids(context: OperationContext): Promise<string[]> {
    const ids: string[] = [];
    for await (const { key } of this.#storage.list({ prefix: this.#keys.releases }, context)) {
      const [id = "", rest] = key.slice(this.#keys.releases.length).split("/");
      if (rest === "record" && releaseGrammar.test(id)) ids.push(id);
    }
    // Ids outgrow six digits one day: their order is that of numbers.
    return ids.sort((a, b) => Number(a) - Number(b));
  }

  async #highest(context: OperationContext): Promise<number> {
    return Number((await this.#ids(context)).at(-1) ?? 0);
  }

  async #create(id: string, body: Buffer, context: OperationContext): Promise<boolean> {
    const key = this.#keys.release(id);
    try {
      await this.#storage.put({ key, body, sizeBytes: body.length, ifAbsent: true }, context);
      return true;
    } catch (error) {
      if (context.signal.aborted) throw error;
      // An answer may be lost, or a second try meet the first: equal bytes are this very release.
      const found = await readObject(this.#storage, key, context);
      if (found?.bytes.equals(body)) return true;
      if (found !== undefined) return false;
      throw error;
    }
  }
}
