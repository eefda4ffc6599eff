import type { ErrorReport, InstanceResult, RunEvent, RunResult } from "@hawser/core/plugin";
import type { RunFacts } from "../facts.ts";
import type { RunOutcome } from "../look/marks.ts";
import { Axis, type Stretch } from "./axis.ts";
import { type FlowLine, flowOf } from "./flow.ts";
import { type InstanceTrack, trackOf } from "./instance-track.ts";

type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

/** A run as it can be drawn: everything is worked out, and nothing is written yet. */
export interface RunPicture {
  readonly application: string;
  readonly environment: string;
  readonly run: string | null;
  readonly verb: string;
  /** The Hawser that told of it. */
  readonly version?: string;
  readonly who?: string;
  readonly message?: string;
  readonly origin?: string;
  readonly outcome: RunOutcome;
  readonly from: string | null;
  readonly release: string | null;
  readonly revision: string | null;
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly ended: number;
  /** How long it took; of a run that goes on how long it has taken so far. */
  readonly durationMs: number;
  /** How many deployers worked on it, one after the other. */
  readonly deployers: number;
  readonly result?: RunResult;
  readonly axis: Axis;
  readonly flow: readonly FlowLine[];
  readonly instances: readonly InstanceTrack[];
  readonly warnings: readonly ErrorReport[];
  readonly waits: readonly EventOf<"waiting">[];
}

const counting = new Intl.Collator("en", { numeric: true });

/** The last word, unless somebody went on after it. */
const lastWord = (events: readonly RunEvent[]): EventOf<"result"> | undefined => {
  const last = events.findLast(({ type }) => type === "result" || type === "start");
  return last?.type === "result" ? last : undefined;
};

/** The stretches in which a deployer worked: each begins with its `start`. */
const workedOf = (events: readonly RunEvent[], began: number, end: number): readonly Stretch[] => {
  const worked: { from: number; to: number }[] = [];
  let latest = 0;
  for (const { type, time } of events) {
    if (type === "start" || worked.length === 0) worked.push({ from: Math.max(latest, time), to: time });
    latest = Math.max(latest, time);
    const piece = worked.at(-1);
    if (piece !== undefined) piece.to = latest;
  }
  const last = worked.at(-1);
  if (last === undefined) return [{ from: began, to: end }];
  last.to = Math.max(last.to, end);
  return worked;
};

const tracksOf = (
  events: readonly RunEvent[],
  results: readonly InstanceResult[],
  end: number,
): readonly InstanceTrack[] => {
  const byId = new Map<string, EventOf<"instance">[]>(results.map(({ id }) => [id, []]));
  for (const event of events) {
    if (event.type !== "instance") continue;
    const own = byId.get(event.instance);
    if (own === undefined) byId.set(event.instance, [event]);
    else own.push(event);
  }
  const last = new Map(results.map((result) => [result.id, result]));
  return [...byId.keys()]
    .sort(counting.compare)
    .map((id) => trackOf(id, byId.get(id) ?? [], last.get(id), end));
};

const outcomeOf = ({ history, underWay }: RunFacts, result: RunResult | undefined): RunPicture["outcome"] => {
  if (result !== undefined) return result.outcome;
  if (history !== undefined && history.outcome !== "open" && history.outcome !== "noted")
    return history.outcome;
  if (underWay === undefined) return "endless";
  return underWay ? "running" : "open";
};

/** When it ended; of a run without an end when it was last heard of, or now while somebody works on it. */
const endOf = (facts: RunFacts, result: EventOf<"result"> | undefined): number => {
  const { history, events, underWay, gathered } = facts;
  if (result !== undefined) return result.time;
  if (history?.durationMs !== undefined) return history.started + history.durationMs;
  if (underWay === true) return gathered;
  return events.reduce((latest, { time }) => Math.max(latest, time), history?.started ?? 0);
};

/** Works out what a page of a run shows. */
export const pictureOf = (facts: RunFacts): RunPicture => {
  const { events, history, diff } = facts;
  const start = events.find((event): event is EventOf<"start"> => event.type === "start");
  const begun = events.find((event): event is EventOf<"run"> => event.type === "run");
  const result = lastWord(events);
  const ended = endOf(facts, result);
  const began = events[0]?.time ?? history?.started ?? ended;
  const told = events.filter((event): event is EventOf<"warning"> => event.type === "warning");
  const release = result?.release ?? history?.to ?? null;
  return {
    application: facts.application,
    environment: facts.environment,
    run: history?.run ?? begun?.run ?? result?.run ?? null,
    verb: start?.verb ?? history?.verb ?? result?.verb ?? "",
    ...(start !== undefined && { version: start.version }),
    ...(history !== undefined && { who: history.who }),
    ...(history?.message !== undefined && { message: history.message }),
    ...(history?.origin !== undefined && { origin: history.origin }),
    outcome: outcomeOf(facts, result),
    from: result?.from ?? history?.from ?? begun?.from ?? null,
    release,
    revision: result?.revision ?? (diff?.to.release === release ? diff?.to.revision : undefined) ?? null,
    began,
    ended,
    durationMs: Math.max(0, ended - began),
    deployers: Math.max(1, events.filter(({ type }) => type === "start").length),
    ...(result !== undefined && { result }),
    axis: new Axis(workedOf(events, began, ended)),
    flow: flowOf(events, ended),
    instances: tracksOf(events, result?.instances ?? [], ended),
    warnings: told.length > 0 ? told : (result?.warnings ?? []),
    waits: events.filter((event): event is EventOf<"waiting"> => event.type === "waiting"),
  };
};
