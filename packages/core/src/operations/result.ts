import type { NormalConfig } from "../config/types.ts";
import { emptyResult } from "../contracts/empty-result.ts";
import type { ErrorReport, ExitCode, Outcome, RunResult } from "../contracts/events.ts";
import type { Reporter } from "../engine/reporter.ts";
import type { HawserError } from "../errors/hawser-error.ts";

/** What an operation found; everything that is not said is unknown or none. */
export interface Findings extends Partial<Omit<RunResult, "type" | "ok" | "exitCode" | "outcome" | "error">> {
  readonly outcome: Outcome;
  readonly exitCode?: ExitCode;
  readonly error?: ErrorReport;
}

const exitOf: Readonly<Record<Outcome, ExitCode>> = {
  done: 0,
  unchanged: 0,
  untouched: 1,
  putBack: 1,
  incomplete: 1,
  split: 3,
  interrupted: 130,
};

/** Codes of failures that have an exit code of their own. */
const exitOfCode = (code: string): ExitCode | undefined => {
  if (code === "HWS_LOCK_BUSY" || code === "HWS_HOLD_HELD" || code === "HWS_UNDRAIN_BUSY") return 75;
  if (code.endsWith("_FENCED")) return 76;
  if (code === "HWS_RUN_STOPPED" || code === "HWS_RUN_CANCELLED") return 130;
  if (code.startsWith("HWS_CONFIG_") || code === "HWS_RUN_MISUSE" || code === "HWS_RUN_NONE_OPEN") return 2;
  if (
    code === "HWS_RELEASE_UNKNOWN" ||
    code === "HWS_HOLD_UNTIL" ||
    code === "HWS_FLEET_UNKNOWN" ||
    code === "HWS_FLEET_NO_ROLE" ||
    code === "HWS_EXEC_UNFIT" ||
    code === "HWS_DRAIN_NO_BALANCER" ||
    code.startsWith("HWS_PLAN_") ||
    code === "HWS_REASON_INVALID" ||
    code === "HWS_MAINTENANCE_NONE" ||
    code === "HWS_RECONCILE_NOBODY" ||
    code.startsWith("HWS_WATCH_")
  )
    return 2;
  return undefined;
};

/** How the process of a command ends for a failure and what it led to. */
export const exitCodeOf = (outcome: Outcome, error: HawserError | undefined): ExitCode =>
  outcome === "split" ? 3 : ((error && exitOfCode(error.code)) ?? exitOf[outcome]);

/** The same for verbs that only look: who gave no answer could not be looked at. */
export const exitCodeOfLook = (error: HawserError): ExitCode =>
  exitOfCode(error.code) ?? (error.retryable ? 4 : 1);

/** What a result says of its operation, whether a desk could be laid out for it or not. */
export interface About {
  readonly config: Pick<NormalConfig, "application" | "environment">;
  readonly reporter: Pick<Reporter, "warnings">;
}

/** The result object: the last event of every operation. */
export const resultOf = (about: About, verb: string, began: number, findings: Findings): RunResult => {
  const { outcome, error, exitCode, ...rest } = findings;
  const code = exitCode ?? exitOf[outcome];
  return {
    ...emptyResult({
      verb,
      application: about.config.application,
      environment: about.config.environment,
    }),
    ok: code === 0,
    exitCode: code,
    outcome,
    ...rest,
    warnings: about.reporter.warnings,
    ...(error !== undefined && { error }),
    durationMs: Math.round(performance.now() - began),
  };
};
