import type { BigIntStats } from "node:fs";
import { link, lstat, mkdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ObjectStat, PutRequest } from "@hawser/core/plugin";
import { Claim } from "./claim.ts";
import { makeDirectory, syncDirectory } from "./durable.ts";
import { errors, fromSystem, systemCode } from "./errors.ts";
import { etagOf, outdate } from "./etag.ts";
import type { Layout } from "./layout.ts";
import { sweepLeftovers } from "./leftovers.ts";
import { refuseNetwork } from "./mount.ts";
import { writePart } from "./part.ts";

/** The half of the storage that changes files. */
export class Writer {
  readonly #layout: Layout;
  #ready: Promise<void> | undefined;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  async put(request: PutRequest, signal: AbortSignal): Promise<ObjectStat> {
    return this.#guarded(request.key, signal, async () => {
      if (request.ifAbsent && request.ifMatch !== undefined) throw errors.HWS_STORAGE_CONFLICT([request.key]);
      await this.#refuseEarly(request);
      const part = await writePart(this.#layout, request, signal);
      try {
        const stats = request.ifAbsent
          ? await this.#create(request.key, part)
          : await this.#replace(request, part, signal);
        await syncDirectory(dirname(this.#layout.file(request.key)));
        return { etag: etagOf(stats), sizeBytes: request.sizeBytes };
      } finally {
        await rm(part, { force: true });
      }
    });
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    return this.#guarded(key, signal, async () => {
      const file = this.#layout.file(key);
      while ((await this.#current(key)) !== undefined) {
        const claim = await Claim.take(this.#layout, key, async (token) => void (await mkdir(token)), signal);
        try {
          // Into the token, a folder: that path is gone when the claim was lost, and then nothing happens.
          await rename(file, join(claim.token, "deleted"));
          await syncDirectory(dirname(file));
        } catch (error) {
          if (systemCode(error) !== "ENOENT") throw error;
        } finally {
          await claim.release();
        }
      }
      await this.#removeEmptyFolders(key);
    });
  }

  /** Spares the caller the upload when the condition has failed already. */
  async #refuseEarly({ key, ifAbsent, ifMatch }: PutRequest): Promise<void> {
    if (!ifAbsent && ifMatch === undefined) return;
    this.#hold(key, await this.#current(key), ifAbsent, ifMatch);
  }

  #hold(key: string, current: BigIntStats | undefined, ifAbsent?: boolean, ifMatch?: string): void {
    const kept = ifAbsent
      ? current === undefined
      : ifMatch === undefined || (current !== undefined && etagOf(current) === ifMatch);
    if (!kept) throw errors.HWS_STORAGE_CONFLICT([key]);
  }

  /** A hard link is made only where nothing is: no turn is needed. */
  async #create(key: string, part: string): Promise<BigIntStats> {
    await this.#intoFolder(key, async (file) => {
      try {
        await link(part, file);
      } catch (error) {
        if (systemCode(error) === "EEXIST") throw errors.HWS_STORAGE_CONFLICT([key]);
        throw error;
      }
    });
    return lstat(part, { bigint: true });
  }

  async #replace(request: PutRequest, part: string, signal: AbortSignal): Promise<BigIntStats> {
    for (;;) {
      const claim = await Claim.take(this.#layout, request.key, (token) => link(part, token), signal);
      try {
        const current = await this.#current(request.key);
        this.#hold(request.key, current, false, request.ifMatch);
        const stats = await outdate(claim.token, current);
        await this.#intoFolder(request.key, (file) => rename(claim.token, file), claim.token);
        return stats;
      } catch (error) {
        const lost = systemCode(error) === "ENOENT" && !(await exists(claim.token));
        if (!lost) throw error;
        signal.throwIfAborted();
      } finally {
        await claim.release();
      }
    }
  }

  /** Does `commit`, making the key's folder when it is missing: a delete beside us may remove it again. */
  async #intoFolder(key: string, commit: (file: string) => Promise<void>, token?: string): Promise<void> {
    const file = this.#layout.file(key);
    for (let attempt = 1; ; attempt++) {
      try {
        return await commit(file);
      } catch (error) {
        const folderMissing =
          systemCode(error) === "ENOENT" && (token === undefined || (await exists(token)));
        if (!folderMissing || attempt === 20) throw error;
        // That delete may also take the folder above while this one is made: the next attempt makes both.
        await makeDirectory(dirname(file)).catch((cause: unknown) => {
          if (systemCode(cause) !== "ENOENT") throw cause;
        });
      }
    }
  }

  async #current(key: string): Promise<BigIntStats | undefined> {
    try {
      const stats = await lstat(this.#layout.file(key), { bigint: true });
      if (stats.isDirectory()) throw errors.HWS_STORAGE_KEY_TAKEN([key]);
      return stats;
    } catch (error) {
      if (systemCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  async #removeEmptyFolders(key: string): Promise<void> {
    for (let folder = dirname(key); folder !== "."; folder = dirname(folder)) {
      const removed = await rmdir(this.#layout.file(folder)).then(
        () => true,
        () => false,
      );
      if (!removed) return;
    }
  }

  async #guarded<T>(key: string, signal: AbortSignal, change: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      this.#ready ??= this.#prepare();
      await this.#ready.catch((error: unknown) => {
        this.#ready = undefined;
        throw error;
      });
      return await change();
    } catch (error) {
      if (signal.aborted && error === signal.reason) throw error;
      if (["ENOTDIR", "EISDIR"].includes(systemCode(error) ?? "")) throw errors.HWS_STORAGE_KEY_TAKEN([key]);
      throw fromSystem(error, this.#layout.directory);
    }
  }

  async #prepare(): Promise<void> {
    await this.#layout.make();
    await refuseNetwork(this.#layout.directory);
    await sweepLeftovers(this.#layout);
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
