import type { ErrorReport, InstanceResult, InstanceState, MemberState, RunEvent } from "@hawser/core/plugin";
import type { Stretch } from "./axis.ts";

type InstanceEvent = Extract<RunEvent, { type: "instance" }>;

/** A stretch of time in which an instance was in one state. */
export interface Segment extends Stretch {
  readonly state: InstanceState;
  readonly detail?: string;
}

/** What happened on one instance, and where it stands. */
export interface InstanceTrack {
  readonly id: string;
  readonly roles: readonly string[];
  readonly segments: readonly Segment[];
  readonly state: InstanceState;
  readonly release: string | null | undefined;
  readonly loadBalancer?: MemberState;
  readonly healthy?: "yes" | "no" | "unknown";
  readonly bytes?: number;
  readonly via?: "pull" | "stream";
  /** How long it was out of the load balancers, in all; absent when it has none. */
  readonly outMs?: number;
  /** How many paths differ from what was installed. */
  readonly drift?: number;
  readonly error?: ErrorReport;
  /** Whether it failed or fell silent on the way, wherever it stands now. */
  readonly failed: boolean;
}

/** Nothing more happens to an instance in such a state by itself. */
const failures: ReadonlySet<InstanceState> = new Set(["failed", "unreachable"]);

/** A clock that is set back does not make a bar of less than nothing. */
const rising = (
  events: readonly InstanceEvent[],
): { readonly event: InstanceEvent; readonly time: number }[] => {
  let last = 0;
  return events.map((event) => {
    last = Math.max(last, event.time);
    return { event, time: last };
  });
};

const segmentsOf = (events: readonly InstanceEvent[], end: number): readonly Segment[] => {
  const segments: Segment[] = [];
  const told = rising(events);
  for (const [index, { event, time }] of told.entries()) {
    const to = Math.max(time, told[index + 1]?.time ?? end);
    const before = segments.at(-1);
    const detail = event.detail ?? (before?.state === event.state ? before.detail : undefined);
    const from = before?.state === event.state ? (segments.pop()?.from ?? time) : time;
    segments.push({ state: event.state, from, to, ...(detail !== undefined && { detail }) });
  }
  return segments;
};

const outOf = (events: readonly InstanceEvent[], end: number): number | undefined => {
  if (events.every(({ loadBalancer }) => loadBalancer === undefined)) return undefined;
  let out = 0;
  let since: number | undefined;
  for (const { event, time } of rising(events)) {
    const isOut = event.loadBalancer === "out" || event.loadBalancer === "draining";
    if (isOut) since ??= time;
    else if (since !== undefined) {
      out += time - since;
      since = undefined;
    }
  }
  return since === undefined ? out : out + Math.max(0, end - since);
};

/** The track of an instance from its events, the last word of the run on it, and when the run ended. */
export const trackOf = (
  id: string,
  events: readonly InstanceEvent[],
  last: InstanceResult | undefined,
  end: number,
): InstanceTrack => {
  const latest = events.at(-1);
  const told = (name: "loadBalancer" | "healthy" | "bytes" | "via"): InstanceEvent | undefined =>
    events.findLast((event) => event[name] !== undefined);
  const segments = segmentsOf(events, end);
  const outMs = outOf(events, end);
  const loadBalancer = last?.loadBalancer ?? told("loadBalancer")?.loadBalancer;
  const healthy = last?.healthy ?? told("healthy")?.healthy;
  const bytes = last?.bytes ?? told("bytes")?.bytes;
  const via = last?.via ?? told("via")?.via;
  return {
    id,
    roles: last?.roles ?? events.findLast(({ roles }) => roles !== undefined)?.roles ?? [],
    segments,
    state: last?.state ?? latest?.state ?? "unknown",
    release:
      last === undefined ? events.findLast(({ release }) => release !== undefined)?.release : last.release,
    ...(loadBalancer !== undefined && { loadBalancer }),
    ...(healthy !== undefined && { healthy }),
    ...(bytes !== undefined && { bytes }),
    ...(via !== undefined && { via }),
    ...(outMs !== undefined && { outMs }),
    ...(last?.drift !== undefined && { drift: last.drift.length }),
    ...(last?.error !== undefined && { error: last.error }),
    failed: last?.error !== undefined || segments.some(({ state }) => failures.has(state)),
  };
};
