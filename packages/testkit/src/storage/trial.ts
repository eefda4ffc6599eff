import { buffer } from "node:stream/consumers";
import type { ObjectStat, Plugin, Storage } from "@hawser/core/plugin";
import { expect } from "vitest";
import { operationContext, type TestOperationContext } from "../context.ts";

export interface StorageSubject {
  /** Makes a provider over a fresh and empty place. */
  create(): Promise<Storage>;
  /** Another provider over the same place, as another process has it. Default: the same provider. */
  second?(storage: Storage): Promise<Storage>;
  /** The plugin behind the provider, when it is one. */
  readonly plugin?: Pick<Plugin<"storage">, "kind" | "schema">;
  /** How many writers contend, and how often. Default 40 and 5. */
  readonly contention?: { readonly writers: number; readonly rounds: number };
}

export const code = (value: string): unknown => expect.objectContaining({ code: value });
export const bytes = (text: string): Buffer => Buffer.from(text);

/** What the tests of one storage share: the provider that the running test has, and short ways to call it. */
export class StorageTrial {
  readonly context: TestOperationContext = operationContext();
  readonly plugin: StorageSubject["plugin"];
  readonly writers: number;
  readonly rounds: number;
  readonly #subject: StorageSubject;
  #storage: Storage | undefined;

  constructor(subject: StorageSubject) {
    this.#subject = subject;
    this.plugin = subject.plugin;
    this.writers = subject.contention?.writers ?? 40;
    this.rounds = subject.contention?.rounds ?? 5;
  }

  async open(): Promise<void> {
    this.#storage = await this.#subject.create();
  }

  async close(): Promise<void> {
    await this.#storage?.[Symbol.asyncDispose]?.();
    this.#storage = undefined;
  }

  get storage(): Storage {
    if (this.#storage === undefined) throw new Error("the test has not begun");
    return this.#storage;
  }

  async second(): Promise<Storage> {
    return (await this.#subject.second?.(this.storage)) ?? this.storage;
  }

  put = (
    key: string,
    body: Uint8Array,
    condition: { ifAbsent?: boolean; ifMatch?: string } = {},
  ): Promise<ObjectStat> =>
    this.storage.put({ key, body, sizeBytes: body.length, ...condition }, this.context);

  read = async (key: string, from: Storage = this.storage): Promise<Buffer> =>
    buffer((await from.get({ key }, this.context)).stream);

  keys = async (prefix: string, from: Storage = this.storage): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of from.list({ prefix }, this.context)) found.push(key);
    return found;
  };
}

export async function repeat(times: number, act: () => Promise<void>): Promise<void> {
  for (let i = 0; i < times; i++) await act();
}
