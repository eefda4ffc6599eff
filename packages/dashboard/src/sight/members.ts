import type { Overview } from "@hawser/core";
import type { DrainReport, InstanceResult, InstanceState, RunEvent, RunResult } from "@hawser/core/plugin";

/** An instance, as far as it is known. */
export interface Member {
  readonly id: string;
  readonly roles: readonly string[];
  readonly state: InstanceState;
  /** Absent: not known. */
  readonly release?: string | null;
  readonly loadBalancer?: InstanceResult["loadBalancer"];
  readonly healthy?: InstanceResult["healthy"];
  readonly bytes?: number;
  readonly detail?: string;
  readonly drain?: DrainReport;
  /** The run that said so last; absent: nobody has. */
  readonly run?: string;
  /** When, milliseconds since 1970. */
  readonly time?: number;
}

type Known = Map<string, Member>;

/** States of an instance of which nothing is desired any more. */
const left: ReadonlySet<InstanceState> = new Set(["gone"]);

const blank = (id: string): Member => ({ id, roles: [], state: "unknown" });

const hearInstance = (known: Known, event: RunEvent & { type: "instance" }, run: string): void => {
  const { type: _, instance, time, ...said } = event;
  // What was said of a state before is no remark on this one.
  const { detail: _d, ...before } = known.get(instance) ?? blank(instance);
  known.set(instance, { ...before, ...said, run, time });
};

const hearResult = (known: Known, { instances, time }: RunResult & { time: number }, run: string): void => {
  for (const { error, exit: _, drift: _d, via: _v, ...said } of instances) {
    const { detail: _e, ...before } = known.get(said.id) ?? blank(said.id);
    known.set(said.id, {
      ...before,
      ...said,
      ...(error !== undefined && { detail: error.message }),
      run,
      time,
    });
  }
};

/** Takes in what the events of a run say of instances. */
const hear = (known: Known, events: readonly RunEvent[], run: string): void => {
  for (const event of events) {
    if (event.type === "instance") hearInstance(known, event, run);
    if (event.type === "result") hearResult(known, event, run);
  }
};

/** A run and what is kept of it. */
export interface KeptRun {
  readonly run: string;
  readonly events: readonly RunEvent[];
}

/**
 * The instances of an environment: who was last known to serve, and what runs, the oldest first, and then a live look said of each.
 * Once somebody served, who is neither on the roster nor in the newest run has left.
 */
export const membersOf = (
  { instances, drains }: Overview,
  runs: readonly KeptRun[],
  look: { readonly result: RunResult; readonly at: number } | undefined,
): Member[] => {
  const known: Known = new Map();
  for (const { run, events } of runs) hear(known, events, run);
  if (look !== undefined) hearResult(known, { ...look.result, time: look.at }, "");
  const newest = runs.at(-1);
  for (const { id, roles } of instances ?? []) {
    const member = known.get(id) ?? blank(id);
    known.set(id, { ...member, roles: member.roles.length > 0 ? member.roles : roles });
  }
  const here = new Set(instances?.map(({ id }) => id));
  const reasons = new Map(drains.map(({ instance, ...drain }) => [instance, drain]));
  return [...known.values()]
    .filter(({ id, run, state }) => here.has(id) || (!left.has(state) && (run === newest?.run || run === "")))
    .map((member) => withDrain(member, reasons.get(member.id)))
    .sort(byRoleAndId);
};

/** A drain that came later than the last word on an instance is the last word. */
const withDrain = ({ drain: _, ...member }: Member, drain: DrainReport | undefined): Member => {
  if (drain === undefined) return member;
  if (drain.since < (member.time ?? 0)) return { ...member, drain };
  const { loadBalancer: _l, ...rest } = member;
  return { ...rest, state: "drained", drain };
};

const order = new Intl.Collator("en", { numeric: true });

const byRoleAndId = (a: Member, b: Member): number =>
  order.compare(a.roles.join(), b.roles.join()) || order.compare(a.id, b.id);
