import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { DeployPlan, RunResult } from "@hawser/core";
import { errors } from "./errors.ts";

/** What `plan --out` writes: the plan itself, and what was read when it was made. */
export const planFileOf = (
  plan: DeployPlan,
  result: RunResult,
): DeployPlan & { readonly result: RunResult } => ({
  ...plan,
  result,
});

/** Reads what `plan --out` wrote. The engine looks at every field, and whether it still holds. */
export const readPlan = async (cwd: string, file: string): Promise<DeployPlan> => {
  let plan: unknown;
  try {
    plan = JSON.parse(await readFile(resolve(cwd, file), "utf8"));
  } catch (error) {
    throw errors.HWS_CLI_PLAN_UNREADABLE([file, (error as Error).message]);
  }
  if (typeof plan !== "object" || plan === null || !("hawserPlan" in plan))
    throw errors.HWS_CLI_PLAN_UNREADABLE([file, "it was not written by `hawser plan --out`"]);
  return plan as DeployPlan;
};
