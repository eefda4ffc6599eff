import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { application } from "./config.ts";
import type { HawserProcess } from "./hawser-process.ts";

interface Entry {
  readonly kind: "start" | "step" | "end";
  readonly step?: string;
  readonly phase?: string;
}

/** What a storage directory says of runs, read without Hawser. */
export class RunJournals {
  readonly #runs: string;

  constructor(storage: string) {
    this.#runs = join(storage, application, "top/runs");
  }

  /** The ids of all runs, oldest first. */
  get runs(): readonly string[] {
    return existsSync(this.#runs) ? readdirSync(this.#runs).sort() : [];
  }

  /** Runs without an end. */
  get open(): readonly string[] {
    return this.runs.filter((run) => !existsSync(join(this.#runs, run, "end")));
  }

  /** The boundaries of a run as it passed them: `start`, `stage intent`, `wave-1 done`, …, `end`. */
  boundaries(run: string): readonly string[] {
    const entries = this.#entries(run).map((name) => this.#boundary(run, name));
    return existsSync(join(this.#runs, run, "end")) ? [...entries, "end"] : entries;
  }

  /** Resolves as soon as a run younger than `last` has passed a boundary; at the latest when the process has ended. */
  async passed(boundary: string, last: string, process: HawserProcess): Promise<void> {
    let over = false;
    void process.ended.then(() => {
      over = true;
    });
    let seen = 0;
    while (!over) {
      const run = this.runs.at(-1);
      if (run !== undefined && run > last) {
        if (boundary === "end" && existsSync(join(this.#runs, run, "end"))) return;
        const names = this.#entries(run);
        for (; seen < names.length; seen++)
          if (this.#boundary(run, names[seen] as string) === boundary) return;
      }
      await sleep(1);
    }
  }

  #entries(run: string): readonly string[] {
    const folder = join(this.#runs, run, "journal");
    return existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => /^\d+$/.test(name))
          .sort()
      : [];
  }

  #boundary(run: string, name: string): string {
    const entry = JSON.parse(readFileSync(join(this.#runs, run, "journal", name), "utf8")) as Entry;
    return entry.kind === "step" ? `${entry.step} ${entry.phase}` : entry.kind;
  }
}
