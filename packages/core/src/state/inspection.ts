import { createHash } from "node:crypto";
import { type FormName, formNames } from "../artifact/form-name.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { FsckProblem as Finding } from "../contracts/engine-reports.ts";
import type { ListedObject, Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import type { Signatures } from "../signing/signatures.ts";
import { Artifacts } from "./artifacts.ts";
import { Desired } from "./desired.ts";
import { digestGrammar, Fields, releaseGrammar } from "./fields.ts";
import { type ApplicationKeys, applicationKeys, environmentKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { parseLock } from "./lock-state.ts";
import { Marks } from "./marks.ts";
import { readObject } from "./object.ts";
import type { Releases } from "./releases.ts";
import { judgeDrain, judgeHold, judgeMaintenance, judgeNote, judgePin } from "./words-of-people.ts";

export interface Inspected {
  readonly objects: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

/** What a look at an object can find wrong with it; anything else says that it could not be looked at. */
const tells = /^HWS_(STATE|ARTIFACT|SIGNATURE|SEALING)_/;
const sealedBeginning = "age-encryption.org/v1\n";

/** Reads everything of an application back, by the piece, and gathers what is not as it was stored. */
export class Inspection {
  readonly #storage: Storage;
  readonly #application: string;
  readonly #keys: ApplicationKeys;
  readonly #releases: Releases;
  readonly #artifacts: Artifacts;
  readonly #signatures: Signatures;
  readonly #findings = new Map<string, Finding>();
  readonly #present = new Set<string>();
  /** Keys that something names. */
  readonly #named = new Set<string>();
  readonly #scanned: string[] = [];
  #bytes = 0;

  constructor(storage: Storage, application: string, releases: Releases, signatures: Signatures) {
    this.#storage = storage;
    this.#application = application;
    this.#keys = applicationKeys(application);
    this.#releases = releases;
    this.#signatures = signatures;
    this.#artifacts = new Artifacts(storage, application, signatures);
  }

  async run(context: OperationContext): Promise<Inspected> {
    const prefix = `${this.#application}/`;
    const listed: ListedObject[] = [];
    for await (const object of this.#storage.list({ prefix }, context)) listed.push(object);
    for (const { key } of listed) this.#present.add(key);
    await mapLimited(listed, async ({ key, sizeBytes }) => {
      context.signal.throwIfAborted();
      await this.#note(key, () => this.#look(key, key.slice(prefix.length).split("/"), context));
      this.#bytes += sizeBytes;
      context.progress({ bytes: this.#bytes });
    });
    for (const { key } of listed) this.#judgeNamed(key, key.slice(prefix.length).split("/"));
    const findings = [...this.#findings.values()].sort((a, b) => (a.where < b.where ? -1 : 1));
    return { objects: listed.length, bytes: this.#bytes, findings };
  }

  async #note(key: string, look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      if (!HawserError.is(error) || !tells.test(error.code)) throw error;
      const state = error.code === "HWS_SIGNATURE_MISSING" ? "unsigned" : "damaged";
      this.#add(key, state, error);
    }
  }

  #add(key: string, state: Finding["state"], error: HawserError): void {
    const severity = state === "unreferenced" ? "warning" : "error";
    if (!this.#findings.has(key)) this.#findings.set(key, { ...error.report(), where: key, state, severity });
  }

  /** What names an object; undefined keys are alternatives that nobody needs. */
  #names(by: string, ...keys: readonly string[]): void {
    for (const key of keys) this.#named.add(key);
    const [first = ""] = keys;
    if (keys.some((key) => this.#present.has(key))) return;
    this.#add(first, "missing", stateErrors.HWS_STATE_NAMED_MISSING([first, by]));
  }

  async #look(key: string, parts: readonly string[], context: OperationContext): Promise<void> {
    const [kind = "", name = "", ...rest] = parts;
    switch (kind) {
      case "releases":
        return await this.#lookAtRelease(key, name, context);
      case "manifests":
        return name.endsWith(".age")
          ? await this.#lookAtSealed(key, name, context)
          : await this.#digest(key, name, context);
      case "artifacts":
        return await this.#lookAtArtifact(key, name, rest, context);
      case "deltas":
        return await this.#lookAtDelta(key, rest, context);
      case "plans":
        return name.endsWith(".signed") ? undefined : await this.#lookAtPlan(key, name, context);
      case "builds":
        return void Fields.parse(await this.#whole(key, context), key).text("release", releaseGrammar);
      case "pins":
        return this.#names(key, this.#keys.release(judgePin(await this.#whole(key, context), key, name)));
      case "locks":
        return void parseLock(await this.#whole(key, context), key);
      case "notes":
        return judgeNote(await this.#whole(key, context), key, name, undefined);
      case "top":
        return await this.#lookAtEnvironment(key, "", [name, ...rest], context);
      case "environments":
        return await this.#lookAtEnvironment(key, name, rest, context);
      default:
        return void (await this.#whole(key, context));
    }
  }

  async #lookAtRelease(key: string, id: string, context: OperationContext): Promise<void> {
    const found = await this.#releases.get(id, context);
    if (found === undefined) return;
    const { manifest, artifact } = found.record;
    this.#names(key, this.#keys.manifest(manifest), this.#keys.sealedManifest(manifest));
    this.#names(key, ...formNames.map((form) => this.#keys.form(artifact, form)));
  }

  /** A sealed text is known by its inside alone: without an identity all that can be said is that it is sealed. */
  async #lookAtSealed(key: string, name: string, context: OperationContext): Promise<void> {
    const found = await readObject(this.#storage, key, context, 512 << 20);
    if (found === undefined) return;
    if (!found.bytes.subarray(0, sealedBeginning.length).equals(Buffer.from(sealedBeginning)))
      throw stateErrors.HWS_STATE_CORRUPT([key, "is not sealed"]);
    if (this.#releases.opens)
      await this.#releases.getManifest(`sha256-${name.replace(/\.age$/, "")}`, context);
  }

  async #lookAtArtifact(
    key: string,
    hex: string,
    [part, name = ""]: readonly string[],
    context: OperationContext,
  ): Promise<void> {
    if (part === "bytes") return await this.#digest(key, name, context);
    const form = formNames.find((known) => known === name);
    if (part !== "forms" || form === undefined) return;
    const stored = await this.#artifacts.find(`sha256-${hex}`, form as FormName, context);
    if (stored === undefined) return;
    const bytes = this.#keys.bytes(`sha256-${hex}`, stored.sha256);
    this.#names(key, bytes);
    const there = await this.#storage.stat({ key: bytes }, context);
    if (there !== undefined && there.sizeBytes !== stored.sizeBytes)
      throw stateErrors.HWS_STATE_CORRUPT([bytes, `has ${there.sizeBytes} bytes, not ${stored.sizeBytes}`]);
  }

  async #lookAtDelta(key: string, rest: readonly string[], context: OperationContext): Promise<void> {
    if (rest[1] === "bytes") await this.#digest(key, rest[2] ?? "", context);
    else await this.#whole(key, context);
  }

  async #lookAtPlan(key: string, hex: string, context: OperationContext): Promise<void> {
    const digest = `sha256-${hex}`;
    if (!digestGrammar.test(digest)) throw stateErrors.HWS_STATE_CORRUPT([key, "is not named by a digest"]);
    await this.#releases.getPlan(digest, context);
  }

  async #lookAtEnvironment(
    key: string,
    environment: string,
    [kind, name = "", ...rest]: readonly string[],
    context: OperationContext,
  ): Promise<void> {
    if (kind === "desired") {
      const desired = new Desired(this.#storage, this.#application, environment, this.#signatures);
      const state = (await desired.read(context))?.state;
      if (state === undefined) return;
      this.#names(key, this.#keys.release(state.release));
      this.#names(key, this.#keys.manifest(state.manifest), this.#keys.sealedManifest(state.manifest));
      this.#names(key, this.#keys.plan(state.plan));
      return;
    }
    if (kind === "marks") {
      const mark = await new Marks(this.#storage, this.#application, environment).read(name, context);
      if (mark !== undefined && mark.plan !== "") this.#names(key, this.#keys.plan(mark.plan));
      return;
    }
    if (key === environmentKeys(this.#application, environment).secrets)
      return void (await this.#drain(key, context));
    const lines = kind === "execs" || (kind === "runs" && (rest[0] === "logs" || rest[0] === "events"));
    if (lines) return void (await this.#drain(key, context));
    const bytes = await this.#whole(key, context);
    if (kind === "hold") return judgeHold(bytes, key);
    if (kind === "maintenance") return judgeMaintenance(bytes, key);
    if (kind === "drains") return judgeDrain(bytes, key, name);
    if (kind === "notes") return judgeNote(bytes, key, name, environment);
    Fields.parse(bytes, key);
    if (kind === "runs") this.#scanned.push(bytes.toString("utf8"));
  }

  /** The bytes of an object that is named by their digest. */
  async #digest(key: string, hex: string, context: OperationContext): Promise<void> {
    if ((await this.#drain(key, context)) !== hex) throw stateErrors.HWS_STATE_ARTIFACT_DIFFERS([key]);
  }

  async #drain(key: string, context: OperationContext): Promise<string> {
    const hash = createHash("sha256");
    const { stream } = await this.#storage.get({ key }, context);
    for await (const chunk of stream) hash.update(chunk as Buffer);
    return hash.digest("hex");
  }

  async #whole(key: string, context: OperationContext): Promise<Buffer> {
    return (await readObject(this.#storage, key, context))?.bytes ?? Buffer.from("{}");
  }

  /** Contents that no record names and no journal tells of. A prune removes them; they harm nobody. */
  #judgeNamed(key: string, [kind, name = "", part]: readonly string[]): void {
    const content = kind === "manifests" || kind === "plans" || (kind === "artifacts" && part !== undefined);
    if (!content || name.endsWith(".signed") || this.#named.has(key)) return;
    const [hex = ""] = name.split(".");
    if (part !== "bytes" && this.#scanned.some((text) => text.includes(hex))) return;
    this.#add(key, "unreferenced", stateErrors.HWS_STATE_UNREFERENCED([key]));
  }
}
