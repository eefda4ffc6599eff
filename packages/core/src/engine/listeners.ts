import type { NormalConfig } from "../config/types.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { Listener } from "../contracts/listener.ts";
import type { PluginContext } from "../contracts/plugin-context.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { free } from "./providers.ts";
import type { Reporter } from "./reporter.ts";

/** How long a listener may take for one event. */
const hearLimitMs = 5_000;

interface Ear {
  readonly name: string;
  readonly listener: Listener;
  /** The types of events it asked for. */
  readonly on: readonly string[] | undefined;
}

/** Those who hear what a run does. None can break or delay it: what one throws is told once, as a warning. */
export class Listeners implements AsyncDisposable {
  readonly #ears: readonly Ear[];
  readonly #pending = new Set<Promise<void>>();
  readonly #told = new Set<string>();
  #reporter: Reporter | undefined;
  #over = false;

  private constructor(ears: readonly Ear[]) {
    this.#ears = ears;
  }

  static async create(
    blocks: NormalConfig["listeners"],
    contextOf: (block: string) => PluginContext,
  ): Promise<Listeners> {
    const ears: Ear[] = [];
    for (const [index, block] of blocks.entries()) {
      const listener = await block.plugin.create(block.options as never, contextOf(`listeners.${index}`));
      ears.push({ name: block.plugin.name, listener, on: block.on });
    }
    return new Listeners(ears);
  }

  warnTo(reporter: Reporter): void {
    this.#reporter = reporter;
  }

  hear(event: RunEvent): void {
    for (const ear of this.#ears) {
      if (ear.on !== undefined && !ear.on.includes(event.type)) continue;
      const heard = this.#tell(ear, event)
        .catch((error) => this.#failed(ear.name, error))
        .finally(() => this.#pending.delete(heard));
      this.#pending.add(heard);
    }
    // Behind a run's last word nothing more is said of it.
    if (event.type === "result") this.#over = true;
  }

  async #tell({ name, listener }: Ear, event: RunEvent): Promise<void> {
    if (this.#reporter === undefined) return;
    const limit = new AbortController();
    const context = this.#reporter.operation(limit.signal, name);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`it did not end within ${hearLimitMs / 1000} s`);
        limit.abort(error);
        reject(error);
      }, hearLimitMs);
    });
    try {
      // Not at once: what it throws and what it takes are no part of the run's own step.
      await Promise.race([Promise.resolve().then(() => listener.on(event, context)), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #failed(name: string, error: unknown): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    const why = error instanceof Error ? error.message : String(error);
    const failure = engineErrors.HWS_LISTENER_FAILED([name, why]);
    if (this.#over) this.#reporter?.afterwards(failure.message);
    else this.#reporter?.warnError(failure);
  }

  /** Lets listeners end what they began, within their limit. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#pending);
    await free(this.#ears.map(({ listener }) => listener));
  }
}
