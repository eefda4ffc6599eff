import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Use } from "@hawser/core";

/** What the page of a source needs to meet a real server: its variables, and the files beside its config. */
export interface PageSetting {
  readonly env: Readonly<Record<string, string>>;
  /** By name, the path of what is copied. */
  readonly files: Readonly<Record<string, string>>;
}

/** A real server that holds a site, and how its source reaches both forms of it. */
export interface Served extends AsyncDisposable {
  readonly tree?: Use<"source">;
  readonly archive?: Use<"source">;
  readonly page: PageSetting;
  /** Publishes another content of a file of the tree. */
  publish?(file: string, content: string): Promise<void>;
}

/** Folders that go away with what was started on them. */
class Holder {
  readonly #held: (() => PromiseLike<void> | void)[] = [];

  folder(): string {
    const path = mkdtempSync(join(tmpdir(), "hawser-site-"));
    this.#held.push(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
    return path;
  }

  add<T extends AsyncDisposable>(server: T): T {
    this.#held.push(() => server[Symbol.asyncDispose]());
    return server;
  }

  async end(): Promise<void> {
    for (const end of this.#held.splice(0).reverse()) await end();
  }
}

/** Starts a server; what was begun is ended when the rest fails. */
export const serve = async (
  start: (holder: Holder) => Promise<Omit<Served, keyof AsyncDisposable>>,
): Promise<Served> => {
  const holder = new Holder();
  try {
    return { ...(await start(holder)), [Symbol.asyncDispose]: () => holder.end() };
  } catch (error) {
    await holder.end();
    throw error;
  }
};
