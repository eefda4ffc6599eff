import type { RunResult } from "./events.ts";

/** What a result says where nothing is known of anything; who gives one says the rest. */
export const emptyResult = (
  about: Pick<RunResult, "verb" | "application" | "environment">,
): Omit<RunResult, "ok" | "exitCode" | "outcome" | "durationMs"> => ({
  type: "result",
  ...about,
  run: null,
  release: null,
  from: null,
  revision: null,
  artifact: null,
  desired: null,
  instances: [],
  ran: [],
  next: [],
  warnings: [],
});
