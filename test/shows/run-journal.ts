import { setTimeout as sleep } from "node:timers/promises";
import type { StoredObjects } from "./central-storage.ts";
import { application } from "./config.ts";
import type { HawserProcess } from "./hawser-process.ts";

interface Entry {
  readonly kind: "start" | "step" | "end";
  readonly step?: string;
  readonly phase?: string;
}

const runsAt = `${application}/top/runs/`;
const entryKey = /^([0-9]+)\/journal\/[0-9]+$/;

/** What central storage says of runs, read without Hawser. */
export class RunJournals {
  readonly #objects: StoredObjects;
  /** Entries never change once they are there. */
  readonly #known = new Map<string, string>();

  constructor(objects: StoredObjects) {
    this.#objects = objects;
  }

  /** The ids of all runs, oldest first. */
  async runs(): Promise<readonly string[]> {
    return [...new Set((await this.#names()).map((name) => name.split("/")[0] as string))];
  }

  /** The id of the newest run; empty before the first. */
  async newest(): Promise<string> {
    return (await this.runs()).at(-1) ?? "";
  }

  /** Runs without an end. */
  async open(): Promise<readonly string[]> {
    const names = new Set(await this.#names());
    return (await this.runs()).filter((run) => !names.has(`${run}/end`));
  }

  /** The boundaries of a run as it passed them: `start`, `stage intent`, `wave-1 done`, …, `end`. */
  async boundaries(run: string): Promise<readonly string[]> {
    const names = await this.#names(`${run}/`);
    const entries = names.filter((name) => entryKey.test(name));
    const passed = await Promise.all(entries.map((name) => this.#boundary(name)));
    return names.includes(`${run}/end`) ? [...passed, "end"] : passed;
  }

  /** Resolves as soon as a run younger than `last` has passed a boundary; at the latest when the process has ended. */
  async passed(boundary: string, last: string, process: HawserProcess): Promise<void> {
    let over = false;
    void process.ended.then(() => {
      over = true;
    });
    while (!over) {
      const run = await this.newest();
      if (run > last && (await this.boundaries(run)).includes(boundary)) return;
      await sleep(1);
    }
  }

  async #names(below = ""): Promise<readonly string[]> {
    return (await this.#objects.keys(runsAt + below)).map((key) => key.slice(runsAt.length));
  }

  async #boundary(name: string): Promise<string> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const bytes = await this.#objects.read(runsAt + name);
    const entry = JSON.parse(bytes?.toString() ?? "{}") as Entry;
    const boundary = entry.kind === "step" ? `${entry.step} ${entry.phase}` : entry.kind;
    this.#known.set(name, boundary);
    return boundary;
  }
}
