import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvent, RunResult } from "../contracts/events.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { type About, exitCodeOf, resultOf } from "../operations/result.ts";
import { type DeskParts, type OpenedDesk, openDesk } from "./desk.ts";
import { openListening } from "./listening.ts";
import type { Desk } from "./operation.ts";
import { asHawserError } from "./reporter.ts";
import { version } from "./version.ts";

/** How long providers and listeners may take to free what they hold. */
const clearLimitMs = 10_000;

/** How long the events of a run that was stopped may take to be stored: it has to end within 5 s. */
const stoppedLimitMs = 1_000;

/** A config that cannot be meant is no state of the world: its caller hears of it as of any misuse. */
const isMisuse = (error: unknown): boolean => HawserError.is(error) && error.step === "config";

export interface Conducted extends Omit<DeskParts, "sinks"> {
  readonly verb: string;
  readonly sink: (event: RunEvent) => void;
  work(desk: Desk): Promise<RunResult>;
  /** Takes what goes on behind the last word: nobody waits for it but who disposes the engine. */
  keep(clearing: Promise<void>): void;
}

/** One operation from its first event to its last word, whatever fails. */
export const conduct = async (conducted: Conducted): Promise<RunResult> => {
  const { verb, config, control, sink, work } = conducted;
  const { application, environment } = config;
  const began = performance.now();
  const start = { type: "start", schema: 1, version, verb, application, environment, run: null } as const;
  const failed = (about: About, thrown: unknown): RunResult => {
    const error = asHawserError(control.signal.aborted ? control.signal.reason : thrown);
    const exitCode = exitCodeOf("untouched", error);
    return resultOf(about, verb, began, { outcome: "untouched", exitCode, error: error.report() });
  };
  let opened: OpenedDesk;
  try {
    opened = await openDesk({ ...conducted, sinks: [sink] });
  } catch (error) {
    if (isMisuse(error)) throw error;
    // Who listens hears of it too.
    const listening = openListening({ ...conducted, sinks: [sink] });
    const { reporter } = listening;
    reporter.emit(start);
    const result = reporter.lastWord(failed({ config, reporter }, error));
    conducted.keep(listening[Symbol.asyncDispose]());
    return result;
  }
  const { desk } = opened;
  try {
    desk.reporter.emit(start);
    const result = desk.reporter.lastWord(await work(desk).catch((error) => failed(desk, error)));
    // Who has the result finds its events: nothing later waits for so long when storage is silent.
    await desk.kept.close(control.asked === "stop" ? stoppedLimitMs : undefined);
    return result;
  } finally {
    conducted.keep(clear(opened));
  }
};

/** Frees what an operation held. One that cannot be freed in time is left to the end of the process. */
const clear = async (opened: OpenedDesk): Promise<void> => {
  const { reporter } = opened.desk;
  const done = new AbortController();
  const cleared = Promise.resolve(opened[Symbol.asyncDispose]())
    .catch((error) => reporter.afterwards(`a provider could not be freed: ${asHawserError(error).message}`))
    .finally(() => done.abort());
  const late = sleep(clearLimitMs, undefined, { signal: done.signal }).then(
    () => reporter.afterwards(`a provider was not freed within ${clearLimitMs / 1000} s`),
    () => {},
  );
  await Promise.race([cleared, late]);
};
