import type { OperationContext, Problem } from "../contracts/common.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { Listener, ListenerContext } from "../contracts/listener.ts";

/** How long a listener may take for one event, and for all that is left when the engine is disposed. */
export const hearLimitMs = 5_000;

/** How many events wait for a slow listener. */
const capacity = 1_000;

/** One event on its way to a listener. */
export interface Message {
  readonly event: RunEvent;
  readonly about: Pick<ListenerContext, "moments" | "subject">;
}

export interface EarParts {
  make(): Listener | Promise<Listener>;
  /** The names of the events and moments that it asked for; absent: all. */
  readonly on: readonly string[] | undefined;
  context(signal: AbortSignal, about: Message["about"]): ListenerContext;
  /** Told once. */
  failed(error: unknown): void;
}

/** One listener and what waits for it. Nothing that it does is waited for before it is closed. */
export class Ear {
  readonly #parts: EarParts;
  readonly #on: ReadonlySet<string> | undefined;
  readonly #made: Promise<Listener>;
  /** What the listener is at. */
  readonly #calls = new Set<AbortController>();
  #waiting: Message[] = [];
  #telling: Promise<void> | undefined;
  #failed = false;

  constructor(parts: EarParts) {
    this.#parts = parts;
    this.#on = parts.on && new Set(parts.on);
    this.#made = this.#within(() => parts.make());
    this.#made.catch((error) => this.#fail(error));
  }

  hear(message: Message): void {
    if (!this.#wants(message) || !this.#hasRoom(message)) return;
    this.#waiting.push(message);
    this.#telling ??= this.#tellAll();
  }

  /** What its own check finds; one that cannot be made or asked throws. */
  async check(context: OperationContext): Promise<readonly Problem[]> {
    const listener = await this.#made;
    return (await this.#within((signal) => listener.check?.({ ...context, signal }))) ?? [];
  }

  /** Lets it end what it began, within its limit; what it holds is freed. */
  async close(): Promise<void> {
    const late = setTimeout(() => {
      this.#waiting = [];
      for (const call of this.#calls) call.abort(new Error("the run is over"));
    }, hearLimitMs);
    try {
      await this.#telling;
      const listener = await this.#made.catch(() => undefined);
      await listener?.[Symbol.asyncDispose]?.();
    } finally {
      clearTimeout(late);
    }
  }

  #wants({ event, about }: Message): boolean {
    const on = this.#on;
    return on === undefined || on.has(event.type) || about.moments.some((moment) => on.has(moment));
  }

  /** Moments find room as long as anything else can be left out for them. */
  #hasRoom({ about }: Message): boolean {
    if (this.#waiting.length < capacity) return true;
    this.#fail(new Error("it is slow: events that are no moment were left out"));
    if (about.moments.length === 0) return false;
    const victim = this.#waiting.findIndex((waiting) => waiting.about.moments.length === 0);
    if (victim === -1) return false;
    this.#waiting.splice(victim, 1);
    return true;
  }

  async #tellAll(): Promise<void> {
    for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift())
      await this.#tell(message).catch((error) => this.#fail(error));
    this.#telling = undefined;
  }

  async #tell({ event, about }: Message): Promise<void> {
    const listener = await this.#made;
    await this.#within((signal) => listener.on(event, this.#parts.context(signal, about)));
  }

  /** Begun in a turn of its own, so that it is no part of the run's step, and over at the limit, whatever it does. */
  async #within<T>(work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const call = new AbortController();
    this.#calls.add(call);
    const over = new Promise<never>((_, reject) => {
      call.signal.addEventListener("abort", () => reject(call.signal.reason), { once: true });
    });
    const timer = setTimeout(() => {
      // What waits behind a listener that hangs is old news by the time it hears it.
      this.#waiting = this.#waiting.filter(({ about }) => about.moments.length > 0);
      call.abort(new Error(`it did not end within ${hearLimitMs / 1000} s`));
    }, hearLimitMs);
    try {
      return await Promise.race([Promise.resolve().then(() => work(call.signal)), over]);
    } finally {
      clearTimeout(timer);
      this.#calls.delete(call);
    }
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#parts.failed(error);
  }
}
