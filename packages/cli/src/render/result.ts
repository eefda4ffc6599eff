import type { RunResult } from "@hawser/core/plugin";
import { failureBlock } from "./block.ts";
import { drainedLines } from "./drained.ts";
import { maintenanceLines } from "./maintenance.ts";
import { planLines } from "./plan.ts";
import { statusLines } from "./status.ts";
import type { Style } from "./style.ts";
import { successLines } from "./success.ts";

/** The last word on an operation, for people. */
export const resultLines = (result: RunResult, style: Style, columns: number): string[] => {
  if (result.verb === "status" && result.exitCode !== 2) return statusLines(result, style, columns);
  if (!result.ok) return failureBlock(result, style, columns);
  if (result.verb === "drain" || result.verb === "undrain") return drainedLines(result, style, columns);
  if (result.verb === "maintenance") return maintenanceLines(result, style, columns);
  // A dry run of a deploy ends as the plan with all its files.
  if (result.verb === "plan" || result.changes !== undefined) return planLines(result, style, columns);
  return successLines(result, style, columns);
};
