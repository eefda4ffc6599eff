import { randomBytes } from "node:crypto";
import { problemsOf as problemsOfLook } from "@hawser/aws";
import { HawserError, type OperationContext, type Problem, type Storage } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** A kind of write that a store may take without regard to its condition. */
export interface ConditionalWrites {
  /** For people: `writes`. */
  readonly name: string;
  /** Writes an object of a few bytes, and fails with `HWS_STORAGE_CONFLICT` when the store refuses the condition. */
  put(
    request: {
      readonly key: string;
      readonly body: Uint8Array;
      readonly ifAbsent?: boolean;
      readonly ifMatch?: string;
    },
    context: OperationContext,
  ): Promise<{ readonly etag: string }>;
}

/**
 * Whether a store keeps conditional writes apart, found by trying both conditions on an object of its own, which is gone
 * again afterwards. Asked once; a store that could not be asked is asked again the next time.
 */
export class Conditions {
  readonly #storage: Pick<Storage, "delete">;
  readonly #shown: string;
  readonly #writes: ConditionalWrites;
  #proof: Promise<void> | undefined;

  constructor(storage: Pick<Storage, "delete">, shown: string, writes: ConditionalWrites) {
    this.#storage = storage;
    this.#shown = shown;
    this.#writes = writes;
  }

  /** Fails with `HWS_S3_NO_CONDITIONS` where two writers could overwrite each other. */
  async prove(context: OperationContext): Promise<void> {
    this.#proof ??= this.#try(context).catch((error: unknown) => {
      // What is known stays known; who could not ask says nothing to who asks next.
      if (!HawserError.is(error, "HWS_S3_NO_CONDITIONS")) this.#proof = undefined;
      throw error;
    });
    try {
      await this.#proof;
    } catch (error) {
      context.signal.throwIfAborted();
      if (HawserError.is(error)) throw error;
      // Who asked first gave up: that is no answer for who waited.
      await this.#try(context);
    }
  }

  async #try(context: OperationContext): Promise<void> {
    const key = `hawser-check/${randomBytes(8).toString("hex")}`;
    try {
      const first = await this.#put(key, "first", { ifAbsent: true }, context);
      if (first === undefined) throw this.#unsafe();
      const second = await this.#put(key, "second", { ifMatch: first }, context);
      const refused =
        second !== undefined &&
        (await this.#put(key, "third", { ifAbsent: true }, context)) === undefined &&
        (await this.#put(key, "third", { ifMatch: first }, context)) === undefined;
      if (!refused) throw this.#unsafe();
    } finally {
      await this.#storage.delete({ key }, context).catch(() => {});
    }
  }

  /** The etag of what was stored; undefined when the store refused the condition. */
  async #put(
    key: string,
    text: string,
    condition: { readonly ifAbsent?: boolean; readonly ifMatch?: string },
    context: OperationContext,
  ): Promise<string | undefined> {
    try {
      return (await this.#writes.put({ key, body: Buffer.from(text), ...condition }, context)).etag;
    } catch (error) {
      if (HawserError.is(error, "HWS_STORAGE_CONFLICT")) return undefined;
      throw error;
    }
  }

  #unsafe(): HawserError {
    return errors.HWS_S3_NO_CONDITIONS([this.#shown, this.#writes.name]);
  }
}

/** Everything that would make a run fail: what a listing and the proof say. */
export const problemsOf = async (
  storage: Storage,
  conditions: Conditions,
  context: OperationContext,
): Promise<readonly Problem[]> =>
  await problemsOfLook("storage", context, async () => {
    for await (const _ of storage.list({ prefix: "hawser-check/" }, context)) break;
    await conditions.prove(context);
    return [];
  });
