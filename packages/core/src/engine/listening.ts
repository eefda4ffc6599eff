import type { Redactor } from "../config/redaction.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { Moment } from "../contracts/moment.ts";
import type { PluginContext } from "../contracts/plugin-context.ts";
import { redactorOf } from "./config-redactor.ts";
import { Holdings } from "./holdings.ts";
import { KeptEvents } from "./kept-events.ts";
import { Listeners } from "./listeners.ts";
import { Moments } from "./moments.ts";
import { type PluginSurroundings, pluginContexts } from "./plugin-contexts.ts";
import { Reporter } from "./reporter.ts";
import { Waits } from "./waits.ts";

export interface ListeningParts extends PluginSurroundings {
  readonly sinks: readonly ((event: RunEvent) => void)[];
  readonly verb?: string | undefined;
  /** It changes nothing. */
  readonly looks?: boolean | undefined;
  readonly stuckAfterMs?: number | undefined;
}

/** Who says what an operation does, who hears it, and what both are made of. */
export interface Listening extends AsyncDisposable {
  readonly redactor: Redactor;
  readonly reporter: Reporter;
  readonly listeners: Listeners;
  readonly kept: KeptEvents;
  /** The context of the plugin at a place of the config; what it holds is freed last. */
  contextOf(block: string): PluginContext;
  [Symbol.asyncDispose](): Promise<void>;
}

export const openListening = (parts: ListeningParts): Listening => {
  const { config, verb = "", looks = false } = parts;
  const { application, environment } = config;
  const redactor = redactorOf(config);
  const holdings = new Holdings();
  const contextOf = pluginContexts(parts, holdings);
  const moments = new Moments({ application, environment, verb }, looks);
  const listeners = new Listeners(config.listeners, contextOf, { moments, reporter: () => reporter });
  const kept: KeptEvents = new KeptEvents((run, error) => {
    const why = error instanceof Error ? error.message : String(error);
    reporter.afterwards(`not all events of run ${run} could be kept: ${why}`);
  });
  const waits = new Waits(parts.stuckAfterMs);
  waits.onStuck = (wait) => listeners.tell(wait, looks ? [] : ["stuck"]);
  const reporter: Reporter = new Reporter(
    [...parts.sinks, (event) => kept.hear(event), (event) => listeners.hear(event)],
    (value) => redactor.redactValue(value),
    parts.logger,
    waits,
  );
  return {
    redactor,
    reporter,
    listeners,
    kept,
    contextOf,
    [Symbol.asyncDispose]: async () => {
      waits.end();
      try {
        await listeners[Symbol.asyncDispose]();
      } finally {
        await holdings[Symbol.asyncDispose]();
      }
    },
  };
};

/** Tells the listeners of a config of something that happened outside of an operation. */
export const announce = async (
  parts: Omit<ListeningParts, "sinks">,
  event: RunEvent,
  moments: readonly Moment[],
): Promise<void> => {
  if (parts.config.listeners.length === 0) return;
  await using opened = openListening({ ...parts, sinks: [] });
  opened.listeners.tell(opened.redactor.redactValue(event), moments);
};
