import type { ExitCode, InstanceResult, Outcome, RunEvent, RunResult } from "@hawser/core/plugin";

type Bare<T> = T extends unknown ? Omit<T, "time"> : never;
/** An event without its time, or a pause in milliseconds. */
export type Beat = Bare<RunEvent> | number;

/** A recorded run: what it says, how it ends, and how it answers a cancel. */
export interface Scenario {
  readonly beats: readonly Beat[];
  readonly result: RunResult;
  /** `deaf`: the run never notices a cancel. */
  readonly cancel?: "deaf";
}

export const names = (many: number): string[] =>
  Array.from({ length: many }, (_, index) => `web${String(index + 1).padStart(many > 99 ? 3 : 1, "0")}`);

export const start = (verb: string, run: string | null = "r-0042"): Beat => ({
  type: "start",
  schema: 1,
  version: "0.1.0",
  verb,
  application: "shop",
  environment: "production",
  run,
});

export const resultOf = (
  verb: string,
  outcome: Outcome,
  exitCode: ExitCode,
  instances: readonly InstanceResult[],
  more: Partial<RunResult> = {},
): RunResult => ({
  type: "result",
  ok: exitCode === 0,
  exitCode,
  outcome,
  verb,
  application: "shop",
  environment: "production",
  run: "r-0042",
  release: "43",
  from: "42",
  revision: "3f2a1c9d5b7e8a90c1d2e3f4a5b6c7d8e9f0a1b2",
  artifact: `sha256-${"ab".repeat(32)}`,
  desired: exitCode === 0 ? "43" : "42",
  instances,
  ran: [],
  next: [],
  warnings: [],
  durationMs: 83_400,
  ...more,
});

export const on = (
  id: string,
  release: string | null,
  state: InstanceResult["state"],
  more: Partial<InstanceResult> = {},
): InstanceResult => ({
  id,
  release,
  state,
  roles: ["web"],
  loadBalancer: "in",
  healthy: "yes",
  bytes: 70_123,
  ...more,
});

const prepared = (pause: number): Beat[] => [
  { type: "step", step: "resolve", phase: "started" },
  { type: "step", step: "resolve", phase: "done", detail: "v1.4.0 is 3f2a1c9d5b7e", durationMs: 420 },
  { type: "step", step: "prepare", phase: "started", detail: "composer install --no-dev" },
  {
    type: "output",
    instance: "deployer",
    step: "prepare",
    command: "composer",
    text: "Installing dependencies\n",
  },
  pause,
  {
    type: "output",
    instance: "deployer",
    step: "prepare",
    command: "composer",
    text: "  - Installing symfony/cache (v7.1.2)\n",
  },
  pause,
  { type: "step", step: "prepare", phase: "done", durationMs: 12_100 },
  { type: "step", step: "store", phase: "started" },
  { type: "progress", what: "artifact", bytes: 41_000_000, total: 84_000_000 },
  pause,
  { type: "step", step: "store", phase: "done", detail: "84 MB, 70 kB of it new", durationMs: 800 },
];

const surveyed = (ids: readonly string[], pause: number): Beat[] => [
  { type: "step", step: "survey", phase: "started" },
  ...ids.map(
    (id): Beat => ({
      type: "instance",
      instance: id,
      roles: ["web"],
      state: "surveyed",
      release: "42",
      loadBalancer: "in",
      healthy: "yes",
    }),
  ),
  { type: "step", step: "survey", phase: "done", durationMs: 310 },
  { type: "step", step: "stage", phase: "started" },
  ...ids.map((id): Beat => ({ type: "instance", instance: id, state: "staging" })),
  pause,
  ...ids.map((id): Beat => ({ type: "instance", instance: id, state: "ready", bytes: 70_123 })),
  { type: "step", step: "stage", phase: "done", durationMs: 1100 },
];

const switched = (ids: readonly string[], wave: number, of: number, pause: number): Beat[] => [
  { type: "wave", wave, of, phase: "started", instances: ids },
  ...ids.map((id): Beat => ({ type: "instance", instance: id, state: "draining", loadBalancer: "draining" })),
  {
    type: "waiting",
    what: `${ids[0]} to drain`,
    since: Date.now(),
    until: Date.now() + 300_000,
    instances: ids,
  },
  pause,
  ...ids.map(
    (id): Beat => ({ type: "instance", instance: id, state: "checking", release: "43", loadBalancer: "out" }),
  ),
  pause,
  ...ids.map(
    (id): Beat => ({ type: "instance", instance: id, state: "active", loadBalancer: "in", healthy: "yes" }),
  ),
  { type: "wave", wave, of, phase: "done", instances: ids },
];

const halves = (ids: readonly string[]): [string[], string[]] => {
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(0, middle), ids.slice(middle)];
};

export const goodDeploy = (many: number, pause: number): Scenario => {
  const ids = names(many);
  const [first, second] = halves(ids);
  return {
    beats: [
      start("deploy"),
      ...prepared(pause),
      ...surveyed(ids, pause),
      {
        type: "warning",
        code: "HWS_FLEET_CLOCK",
        message: "its clock differs by 3 s from the deployer's",
        instance: ids[1] as string,
      },
      ...switched(first, 1, 2, pause),
      ...switched(second, 2, 2, pause),
      { type: "step", step: "publish", phase: "started" },
      { type: "step", step: "publish", phase: "done", durationMs: 40 },
    ],
    result: resultOf(
      "deploy",
      "done",
      0,
      ids.map((id) => on(id, "43", "active")),
    ),
  };
};

const checkOutput =
  "GET http://127.0.0.1/health\n503 Service Unavailable\n\x1b[31mPDOException\x1b[0m: connection refused\n";

export const putBackDeploy = (many: number, pause: number): Scenario => {
  const ids = names(many);
  const [first, second] = halves(ids);
  const bad = second[0] as string;
  const error = {
    code: "HWS_CHECK_FAILED",
    message: "the health check failed: http://127.0.0.1/health answered 503 for 60 s",
    hint: "see its answer in `hawser logs`, then the application's own log",
    instance: bad,
    step: "check",
    output: checkOutput,
  };
  return {
    beats: [
      start("deploy"),
      ...prepared(pause),
      ...surveyed(ids, pause),
      ...switched(first, 1, 2, pause),
      { type: "wave", wave: 2, of: 2, phase: "started", instances: second },
      { type: "output", instance: bad, step: "check", command: "http", text: checkOutput },
      { type: "instance", instance: bad, state: "failed", loadBalancer: "out", healthy: "no" },
      { type: "wave", wave: 2, of: 2, phase: "failed", instances: second },
      pause,
      { type: "wave", wave: 1, of: 2, phase: "putBack", instances: ids },
      pause,
      ...ids.map(
        (id): Beat => ({
          type: "instance",
          instance: id,
          state: "putBack",
          release: "42",
          loadBalancer: "in",
          healthy: "yes",
        }),
      ),
    ],
    result: resultOf(
      "deploy",
      "putBack",
      1,
      ids.map((id) => on(id, "42", "putBack", id === bad ? { error } : {})),
      {
        error,
        ran: [`once.before migrate on ${ids[0]} (ended with exit code 0)`],
        next: [`hawser logs r-0042 --instance ${bad}`, "hawser deploy"],
      },
    ),
  };
};

const outcomes: Readonly<Record<number, Outcome>> = {
  0: "done",
  1: "untouched",
  3: "split",
  4: "untouched",
  75: "untouched",
  76: "interrupted",
  130: "interrupted",
};

/** A run that ends with this exit code, whatever the engine had to say before. */
export const ended = (exitCode: number): Scenario => ({
  beats: [start("deploy")],
  result: resultOf(
    "deploy",
    outcomes[exitCode] as Outcome,
    exitCode as ExitCode,
    [on("web1", "42", "active")],
    {
      ...(exitCode !== 0 && { error: { code: "HWS_FAKE", message: "it ended so" } }),
    },
  ),
});
