import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { errors, systemCode } from "./errors.ts";
import type { Layout } from "./layout.ts";

export interface Patience {
  /** A writer that holds a key this long without a change is put out. Default 2 s. */
  readonly evictAfterMs: number;
  /** How long to try. Default 60 s. */
  readonly giveUpMs: number;
}

export const patience: Patience = { evictAfterMs: 2_000, giveUpMs: 60_000 };

/**
 * One writer's turn at one key, between processes, without a lock that can be left behind.
 *
 * A claim is a directory that holds one entry, the token: the new bytes themselves. It is prepared aside and renamed
 * to the key's place in `locks`, which the file system refuses while a directory with an entry is there. The commit
 * is a rename of the token out of that place. So the commit is also the release (an empty directory may be renamed
 * over), and whoever takes the token away has taken the turn: a writer that was stopped and comes back finds its
 * token gone and cannot commit, however long ago it looked. That makes it safe to put out a silent writer.
 */
export class Claim {
  readonly #place: string;
  /** The path of the token; gone once the claim was lost. */
  readonly token: string;

  private constructor(place: string, name: string) {
    this.#place = place;
    this.token = join(place, name);
  }

  /** Waits for the key's turn. `fill` makes the token at the path it is given. */
  static async take(
    layout: Layout,
    key: string,
    fill: (token: string) => Promise<void>,
    signal: AbortSignal,
    { evictAfterMs, giveUpMs }: Patience = patience,
  ): Promise<Claim> {
    const place = join(layout.locks, createHash("sha256").update(key).digest("hex").slice(0, 40));
    const name = layout.fresh();
    const prepared = join(layout.claims, name);
    await mkdir(prepared);
    try {
      await fill(join(prepared, name));
      const began = performance.now();
      const watch = new HolderWatch(layout, place, evictAfterMs);
      while (!(await placed(prepared, place))) {
        signal.throwIfAborted();
        await watch.look();
        if (performance.now() - began > giveUpMs) throw errors.HWS_STORAGE_BUSY([key, giveUpMs]);
        await sleep(2 + Math.random() * 8);
      }
      return new Claim(place, name);
    } catch (error) {
      await rm(prepared, { recursive: true, force: true });
      throw error;
    }
  }

  /** Gives the turn up; after a commit it only tidies. */
  async release(): Promise<void> {
    await rm(this.token, { recursive: true, force: true });
    await rmdir(this.#place).catch(() => {
      // The next writer is there already, or another has tidied.
    });
  }
}

async function placed(prepared: string, place: string): Promise<boolean> {
  try {
    await rename(prepared, place);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOTEMPTY" || systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Puts out a holder that was seen unchanged for too long, by this observer's own monotonic clock. */
class HolderWatch {
  readonly #layout: Layout;
  readonly #place: string;
  readonly #evictAfterMs: number;
  #holder: string | undefined;
  #since = 0;

  constructor(layout: Layout, place: string, evictAfterMs: number) {
    this.#layout = layout;
    this.#place = place;
    this.#evictAfterMs = evictAfterMs;
  }

  async look(): Promise<void> {
    const [holder] = await readdir(this.#place).catch((): string[] => []);
    const now = performance.now();
    if (holder !== this.#holder || holder === undefined) {
      this.#holder = holder;
      this.#since = now;
    } else if (now - this.#since > this.#evictAfterMs) {
      await this.#evict(holder);
    }
  }

  /** Takes exactly this holder's token away: a writer that came after it is never hit. */
  async #evict(holder: string): Promise<void> {
    const aside = join(this.#layout.trash, this.#layout.fresh());
    try {
      await rename(join(this.#place, holder), aside);
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
    }
    await rm(aside, { recursive: true, force: true });
    this.#holder = undefined;
  }
}
