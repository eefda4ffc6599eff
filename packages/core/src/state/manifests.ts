import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import type { Sealing } from "../sealing/sealing.ts";
import { readContent, sha256, writeContent } from "./content.ts";
import { Doomed } from "./doomed.ts";
import { type ApplicationKeys, applicationKeys } from "./keys.ts";
import { readObject } from "./object.ts";

const maxManifestBytes = 512 * 1024 * 1024;

/** The manifests of one application by their digest, which is that of the plain text also of a sealed one. */
export class Manifests {
  readonly #storage: Storage;
  readonly #keys: ApplicationKeys;
  readonly #doomed: Doomed;
  readonly #sealing: Sealing;

  constructor(storage: Storage, application: string, sealing: Sealing) {
    this.#storage = storage;
    this.#keys = applicationKeys(application);
    this.#doomed = new Doomed(storage, application);
    this.#sealing = sealing;
  }

  async put(bytes: Uint8Array, context: OperationContext): Promise<string> {
    if (this.#sealing.seals) return await this.#putSealed(bytes, context);
    const keyOf = (digest: string): string => this.#keys.manifest(digest);
    const claim = (key: string): Promise<void> => this.#doomed.rescue([key], context);
    return await writeContent(this.#storage, keyOf, bytes, claim, context);
  }

  /** Always written: of one that is there nobody can say to whom it is sealed. */
  async #putSealed(bytes: Uint8Array, context: OperationContext): Promise<string> {
    const digest = `sha256-${sha256(bytes)}`;
    const key = this.#keys.sealedManifest(digest);
    const body = await gathered(this.#sealing.seal(inOne(bytes)), Number.POSITIVE_INFINITY, key);
    await this.#doomed.rescue([key], context);
    await this.#storage.put({ key, body, sizeBytes: body.length }, context);
    return digest;
  }

  /** Whichever is stored; a sealed one needs an identity that opens it. */
  async get(digest: string, context: OperationContext): Promise<Buffer> {
    const plain = () =>
      readContent(this.#storage, this.#keys.manifest(digest), digest, context, maxManifestBytes);
    const sealed = () => this.#open(digest, context);
    const order = this.#sealing.seals ? [sealed, plain] : [plain, sealed];
    for (const read of order) {
      const bytes = await read();
      if (bytes !== undefined) return bytes;
    }
    throw stateErrors.HWS_STATE_MANIFEST_MISSING([digest]);
  }

  async #open(digest: string, context: OperationContext): Promise<Buffer | undefined> {
    const key = this.#keys.sealedManifest(digest);
    const sealed = await this.getSealed(digest, context);
    if (sealed === undefined) return undefined;
    const opened = this.#sealing.open(inOne(sealed), `the manifest ${digest}`);
    const bytes = await gathered(opened, maxManifestBytes, key);
    if (`sha256-${sha256(bytes)}` !== digest) throw stateErrors.HWS_STATE_ARTIFACT_DIFFERS([key]);
    return bytes;
  }

  /** As it is stored sealed; undefined when it is not. */
  async getSealed(digest: string, context: OperationContext): Promise<Buffer | undefined> {
    const key = this.#keys.sealedManifest(digest);
    return (await readObject(this.#storage, key, context, maxManifestBytes))?.bytes;
  }
}

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const gathered = async (chunks: AsyncIterable<Buffer>, most: number, key: string): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > most) throw stateErrors.HWS_STATE_CORRUPT([key, `has more than ${most} bytes`]);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
};
