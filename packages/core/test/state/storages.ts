import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OperationContext, Storage } from "@hawser/core/plugin";
import storageFs from "@hawser/storage-fs";
import { MemoryStorage } from "@hawser/testkit";
import { expect, onTestFinished } from "vitest";

/** Central state must hold on every storage: each suite runs on these. */
export const storages: readonly (readonly [string, () => Promise<Storage>])[] = [
  ["memory", async () => new MemoryStorage()],
  ["storage-fs", async () => fsStorage(await storageDirectory())],
];

export async function storageDirectory(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hawser-state-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "storage");
}

export function fsStorage(directory: string): Promise<Storage> | Storage {
  return storageFs.create({ directory }, undefined as never);
}

export function operation(signal: AbortSignal = new AbortController().signal): OperationContext {
  const silent = (): void => undefined;
  return { signal, logger: { debug: silent, info: silent, warn: silent }, progress: silent };
}

/** A storage with some of its methods replaced; the rest goes through. */
export function replaced(storage: Storage, methods: Partial<Storage>): Storage {
  return {
    get: (request, context) => storage.get(request, context),
    stat: (request, context) => storage.stat(request, context),
    list: (request, context) => storage.list(request, context),
    put: (request, context) => storage.put(request, context),
    delete: (request, context) => storage.delete(request, context),
    ...methods,
  };
}

/** Commits the next `times` puts and then loses the answer, as a connection cut at the wrong moment does. */
export function losingAnswers(storage: Storage, times: number): Storage {
  let left = times;
  return replaced(storage, {
    put: async (request, context) => {
      const stored = await storage.put(request, context);
      if (left-- > 0) throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      return stored;
    },
  });
}

export const code = (value: string): unknown => expect.objectContaining({ code: value });
