import type { ExitCode, HawserError } from "@hawser/core/plugin";

const rules: readonly (readonly [RegExp, ExitCode])[] = [
  [/^HWS_CLI_(INTERRUPTED|CANCELLED)$/, 130],
  [/^HWS_CLI_BUG$/, 1],
  [/^HWS_(CLI|CONFIG|PLUGIN)_/, 2],
  [
    /^HWS_(RUN_(MISUSE|NONE_OPEN)|PLAN_(INVALID|STALE)|HOLD_UNTIL|REASON_INVALID|RECONCILE_NOBODY|WATCH_(INTERVAL|METRICS)|DASHBOARD_(PLACE|TOKEN|URL))$/,
    2,
  ],
  [/^HWS_(RELEASE|RUN|ENVIRONMENT)_UNKNOWN$/, 2],
  [/^HWS_[A-Z]+_FENCED$/, 76],
  [/^HWS_(LOCK_BUSY|HOLD_(HELD|WEAKER))$/, 75],
];

/** What the process ends with after an error outside a run; `otherwise` is the verb's own word for "it failed". */
export const exitCodeOf = (error: HawserError, otherwise: ExitCode): ExitCode =>
  rules.find(([pattern]) => pattern.test(error.code))?.[1] ?? (error.step === "config" ? 2 : otherwise);
