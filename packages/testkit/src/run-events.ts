import { emptyResult, type ListenerContext, type RunEvent, type RunResult } from "@hawser/core/plugin";
import { operationContext } from "./context.ts";

const time = Date.UTC(2026, 0, 31, 12, 0, 0);

/** The last word of a deploy, with some of it changed. */
export const runResult = (changes: Partial<RunResult> = {}): RunEvent & { readonly type: "result" } => ({
  ...emptyResult({ verb: "deploy", application: "shop", environment: "production" }),
  ok: true,
  exitCode: 0,
  outcome: "done",
  run: "000007",
  release: "000004",
  from: "000003",
  revision: "4f1c2a9",
  desired: "000004",
  durationMs: 1_234,
  time,
  ...changes,
});

/** One event of every type, in the order in which a run tells them. */
export const runEvents: readonly RunEvent[] = [
  {
    type: "start",
    time,
    schema: 1,
    version: "1.0.0",
    verb: "deploy",
    application: "shop",
    environment: "production",
    run: null,
  },
  { type: "run", time, run: "000007", resumed: false, from: "000003" },
  { type: "step", time, step: "install", phase: "done", durationMs: 12 },
  { type: "wave", time, wave: 1, of: 2, phase: "started", instances: ["web1"] },
  { type: "instance", time, instance: "web1", state: "switching", release: "000004" },
  { type: "progress", time, what: "stage", instance: "web1", bytes: 10, total: 20 },
  { type: "output", time, instance: "web1", step: "install", command: "warm", text: "warm\n" },
  {
    type: "waiting",
    time,
    what: "open requests to end",
    since: time - 61_000,
    until: time + 1_000,
    instances: ["web1"],
  },
  { type: "warning", time, code: "HWS_RUN_OPEN", message: "a run is open" },
  runResult(),
];

/** What a listener gets beside an event of `runEvents`. */
export const listenerContext = (changes: Partial<ListenerContext> = {}): ListenerContext => ({
  ...operationContext(),
  moments: [],
  subject: {
    application: "shop",
    environment: "production",
    verb: "deploy",
    run: "000007",
    release: "000004",
    from: "000003",
    revision: "4f1c2a9",
    who: { user: "deploy", host: "ci1" },
    ci: "https://ci.example.org/job/7",
  },
  ...changes,
});
