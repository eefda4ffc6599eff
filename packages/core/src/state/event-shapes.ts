import { outcomes } from "../contracts/event-types.ts";
import type {
  DrainReport,
  ErrorReport,
  FileChange,
  HoldReport,
  InstanceResult,
  InstanceState,
  MaintenanceReport,
  RunEvent,
} from "../contracts/events.ts";
import type { MemberState } from "../contracts/load-balancer.ts";
import {
  count,
  type Fields,
  fitting,
  flag,
  is,
  listOf,
  object,
  optional,
  orNull,
  type Shape,
  text,
} from "./shape.ts";

/** An event that is kept: the output of commands lies in the log, and progress is of the moment. */
export type KeptEvent = Exclude<RunEvent, { readonly type: "progress" | "output" }>;

export const isKept = (event: RunEvent): event is KeptEvent =>
  event.type !== "progress" && event.type !== "output";

const words = <W extends string>(known: Readonly<Record<W, true>>): Shape<W> =>
  is(...(Object.keys(known) as W[]));

const instanceState = words<InstanceState>({
  unknown: true,
  surveyed: true,
  staging: true,
  staged: true,
  installing: true,
  ready: true,
  draining: true,
  switching: true,
  checking: true,
  joining: true,
  active: true,
  drained: true,
  maintenance: true,
  putBack: true,
  failed: true,
  unreachable: true,
  gone: true,
  starting: true,
});
const memberState = words<MemberState>({ in: true, draining: true, out: true, absent: true });
const outcome = is(...outcomes);
const healthy = is("yes", "no", "unknown");
const via = is("pull", "stream");

const errorFields: Fields<ErrorReport> = {
  code: text,
  message: text,
  hint: optional(text),
  instance: optional(text),
  step: optional(text),
  output: optional(text),
};
const errorReport = object(errorFields);

const person: Fields<DrainReport> = {
  who: text,
  host: text,
  ci: optional(text),
  why: text,
  since: count,
};

const instanceResult = object<InstanceResult>({
  id: text,
  release: orNull(text),
  state: instanceState,
  roles: optional(listOf(text)),
  loadBalancer: optional(memberState),
  healthy: optional(healthy),
  drain: optional(object(person)),
  drift: optional(listOf(text)),
  bytes: optional(count),
  via: optional(via),
  exit: optional(count),
  error: optional(errorReport),
});

const fileChange = object<FileChange>({
  path: text,
  change: is("added", "changed", "removed", "mode"),
  sizeBytes: count,
});

type Of<T extends KeptEvent["type"]> = Extract<KeptEvent, { readonly type: T }>;

const shapes: { readonly [T in KeptEvent["type"]]: Shape<Of<T>> } = {
  start: object<Of<"start">>({
    type: is("start"),
    time: count,
    schema: is(1),
    version: text,
    verb: text,
    application: text,
    environment: text,
    run: orNull(text),
  }),
  run: object<Of<"run">>({ type: is("run"), time: count, run: text, resumed: flag, from: orNull(text) }),
  step: object<Of<"step">>({
    type: is("step"),
    time: count,
    step: text,
    phase: is("started", "done", "failed", "skipped"),
    detail: optional(text),
    durationMs: optional(count),
    revision: optional(text),
    release: optional(text),
  }),
  wave: object<Of<"wave">>({
    type: is("wave"),
    time: count,
    wave: count,
    of: count,
    phase: is("started", "done", "failed", "putBack"),
    instances: listOf(text),
  }),
  instance: object<Of<"instance">>({
    type: is("instance"),
    time: count,
    instance: text,
    roles: optional(listOf(text)),
    state: instanceState,
    release: optional(orNull(text)),
    loadBalancer: optional(memberState),
    healthy: optional(healthy),
    bytes: optional(count),
    via: optional(via),
    detail: optional(text),
  }),
  waiting: object<Of<"waiting">>({
    type: is("waiting"),
    time: count,
    what: text,
    since: count,
    until: count,
    instances: listOf(text),
  }),
  warning: object<Of<"warning">>({ type: is("warning"), time: count, ...errorFields }),
  result: object<Of<"result">>({
    type: is("result"),
    time: count,
    ok: flag,
    exitCode: is(0, 1, 2, 3, 4, 75, 76, 130),
    outcome,
    verb: text,
    application: text,
    environment: text,
    run: orNull(text),
    release: orNull(text),
    from: orNull(text),
    revision: orNull(text),
    artifact: orNull(text),
    desired: orNull(text),
    instances: listOf(instanceResult),
    error: optional(errorReport),
    ran: listOf(text),
    open: optional(is(true)),
    next: listOf(text),
    warnings: listOf(errorReport),
    log: optional(text),
    hold: optional(object<HoldReport>({ ...person, until: optional(count) })),
    maintenance: optional(object<MaintenanceReport>({ ...person, run: optional(text) })),
    // A plan is no run: nothing that is kept has one.
    plan: optional(() => undefined as never),
    changes: optional(listOf(fileChange)),
    bytes: optional(count),
    durationMs: count,
  }),
};

/** An event as it was kept; undefined for a line that is none. A field that this version does not know is left out. */
export const parseEvent = (line: string): KeptEvent | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const type = (value as { readonly type?: unknown } | null)?.type;
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return undefined;
  const shape: Shape<KeptEvent> = shapes[type as KeptEvent["type"]];
  return fitting(shape, value);
};
