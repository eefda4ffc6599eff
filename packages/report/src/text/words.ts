import type { InstanceState, MemberState, Outcome } from "@hawser/core/plugin";

const outcomes: Readonly<Record<Outcome, string>> = {
  done: "done",
  unchanged: "nothing to do",
  untouched: "failed before anything was switched",
  putBack: "failed and put back: everything is as before",
  split: "failed, and instances are on different releases",
  incomplete: "in service, but not everything after it succeeded",
  interrupted: "interrupted; the run is open",
};

/** Verbs that do one thing to each instance and put nothing into service. */
const toEach: ReadonlySet<string> = new Set(["drain", "undrain", "maintenance"]);

/** How an outcome is said to people. */
export const outcomeWords = (outcome: Outcome, verb = ""): string => {
  if (outcome === "incomplete" && toEach.has(verb)) return "not done on every instance";
  return outcomes[outcome] ?? outcome;
};

const states: Readonly<Record<InstanceState, string>> = {
  unknown: "unknown",
  surveyed: "looked at",
  staging: "receiving",
  staged: "received",
  installing: "installing",
  ready: "ready",
  draining: "draining",
  switching: "switching",
  checking: "checking",
  joining: "joining",
  drained: "drained",
  maintenance: "in maintenance",
  active: "active",
  putBack: "put back",
  failed: "failed",
  unreachable: "no answer",
  gone: "gone",
  starting: "starting",
};

/** How an instance's state is said to people. */
export const stateWords = (state: InstanceState): string => states[state] ?? state;

export const memberWords = (state: MemberState | undefined): string => state ?? "";

export const healthWords = (healthy: "yes" | "no" | "unknown" | undefined): string =>
  healthy === undefined ? "" : { yes: "healthy", no: "unhealthy", unknown: "unknown" }[healthy];
