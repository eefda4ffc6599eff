import { randomBytes } from "node:crypto";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { type KeptEvent, parseEvent } from "./event-shapes.ts";
import { runGrammar } from "./fields.ts";
import { KeptLines } from "./kept-lines.ts";
import { environmentKeys } from "./keys.ts";
import { flushBytes, LineFlushing } from "./line-flushing.ts";
import { readLines } from "./line-reader.ts";

export interface RunEventsPlace {
  readonly application: string;
  readonly environment: string;
  readonly run: string;
}

export interface RunEventsOptions {
  /** Most bytes kept of what one deployer tells. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Default 5 s. */
  readonly flushMs?: number;
}

/** What a run told, kept as lines of JSON: who comes later sees how it went. */
export class RunEvents {
  readonly #lines: KeptLines;
  readonly #flushing: LineFlushing;
  readonly #over: () => Buffer;

  constructor(
    storage: Storage,
    { application, environment, run }: RunEventsPlace,
    /** The lock's, under which the run goes on: it rises whatever the clocks say, so who resumes a run is read after who began it. */
    epoch: number,
    { maxBytes = 8 * 1024 * 1024, flushMs = 5_000 }: RunEventsOptions = {},
  ) {
    const keys = environmentKeys(application, environment);
    const writer = `${String(epoch).padStart(12, "0")}.${randomBytes(4).toString("hex")}`;
    this.#lines = new KeptLines(storage, (part) => keys.eventsPart(run, writer, part), maxBytes);
    this.#flushing = new LineFlushing((context) => this.#lines.flush(context), flushMs);
    const full = stateErrors.HWS_STATE_EVENTS_FULL([maxBytes]).report();
    this.#over = () => render({ type: "warning", time: Date.now(), ...full });
  }

  /** Takes an event that is redacted already. Returns at once; of what is over the cap only the last word is kept. */
  add(event: KeptEvent): void {
    const line = render(event);
    if (event.type === "result") this.#lines.addLast(line);
    else this.#lines.add(line, this.#over);
    if (this.#lines.unstored >= flushBytes) this.#flushing.aside();
  }

  /** Stores the rest, within a limit. May be called twice. */
  async close(limitMs?: number): Promise<void> {
    await this.#flushing.close(limitMs);
  }
}

/** The kept events of a run, oldest first; what is no event is left out. */
export async function* readRunEvents(
  storage: Storage,
  { application, environment, run }: RunEventsPlace,
  context: OperationContext,
): AsyncGenerator<KeptEvent> {
  if (!runGrammar.test(run)) return;
  const prefix = environmentKeys(application, environment).events(run);
  for await (const { key } of storage.list({ prefix }, context))
    for await (const line of readLines(storage, key, context)) {
      const event = parseEvent(line);
      if (event !== undefined) yield event;
    }
}

const render = (event: KeptEvent): Buffer => Buffer.from(`${JSON.stringify(event)}\n`);
