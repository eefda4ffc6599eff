import type { WiredBlock } from "../config/types.ts";
import type { PluginContext } from "../contracts/common.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { Listener } from "../contracts/listener.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Reporter } from "./reporter.ts";

/** How long a run's end waits for what listeners still have to say. */
const settleLimitMs = 5_000;

/** Those who hear what a run does. None can break or delay it: what one throws is told once, as a warning. */
export class Listeners implements AsyncDisposable {
  readonly #listeners: readonly { readonly name: string; readonly listener: Listener }[];
  readonly #pending = new Set<Promise<void>>();
  readonly #told = new Set<string>();
  #reporter: Reporter | undefined;

  private constructor(listeners: readonly { readonly name: string; readonly listener: Listener }[]) {
    this.#listeners = listeners;
  }

  static async create(
    blocks: readonly WiredBlock<"listener">[],
    contextOf: (block: string) => PluginContext,
  ): Promise<Listeners> {
    const made = [];
    for (const [index, block] of blocks.entries()) {
      const listener = await block.plugin.create(block.options as never, contextOf(`listeners.${index}`));
      made.push({ name: block.plugin.name, listener });
    }
    return new Listeners(made);
  }

  warnTo(reporter: Reporter): void {
    this.#reporter = reporter;
  }

  hear(event: RunEvent): void {
    for (const { name, listener } of this.#listeners) {
      const context = this.#reporter?.operation(AbortSignal.timeout(settleLimitMs), name);
      if (context === undefined) return;
      const heard = Promise.resolve()
        .then(() => listener.on(event, context))
        .catch((error) => this.#tell(name, error))
        .finally(() => this.#pending.delete(heard));
      this.#pending.add(heard);
    }
  }

  #tell(name: string, error: unknown): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    const why = error instanceof Error ? error.message : String(error);
    this.#reporter?.warnError(engineErrors.HWS_LISTENER_FAILED([name, why]));
  }

  /** Gives listeners a short while to end what they began. */
  async settle(): Promise<void> {
    const limit = new Promise<void>((resolve) => setTimeout(resolve, settleLimitMs).unref());
    await Promise.race([Promise.allSettled(this.#pending), limit]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { listener } of this.#listeners) await listener[Symbol.asyncDispose]?.();
  }
}
