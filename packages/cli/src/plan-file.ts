import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { DeployRequest, Engine, RunResult } from "@hawser/core";
import type { Project } from "./core.ts";
import { errors } from "./errors.ts";
import { inEnvironment } from "./operation.ts";

const layout = 1;

/** What `plan --out` keeps: enough to ship exactly what was looked at, and to see whether it still holds. */
interface PlanFile {
  readonly hawserPlan: typeof layout;
  readonly application: string;
  readonly environment: string;
  readonly revision: string;
  readonly artifact: string | null;
  /** The release in service when the plan was made. */
  readonly from: string | null;
}

export const planFileOf = (result: RunResult): PlanFile & { readonly result: RunResult } => ({
  hawserPlan: layout,
  application: result.application,
  environment: result.environment,
  revision: result.revision ?? "",
  artifact: result.artifact,
  from: result.from,
  result,
});

const text = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length < 4096;

const parsed = (content: string): PlanFile | undefined => {
  const value = JSON.parse(content) as Partial<PlanFile> | null;
  if (value?.hawserPlan !== layout || !text(value.revision) || !text(value.application)) return undefined;
  return value as PlanFile;
};

export interface Planned {
  /** The request that ships what was planned; an error when the world has moved since. */
  request(engine: Engine, project: Project): Promise<DeployRequest>;
}

export const readPlan = async (cwd: string, file: string): Promise<Planned> => {
  let plan: PlanFile | undefined;
  try {
    plan = parsed(await readFile(resolve(cwd, file), "utf8"));
  } catch (error) {
    throw errors.HWS_CLI_PLAN_UNREADABLE([file, (error as Error).message]);
  }
  if (plan === undefined)
    throw errors.HWS_CLI_PLAN_UNREADABLE([file, "it was not written by `hawser plan --out`"]);
  const held = plan;
  const stale = (reason: string) => errors.HWS_CLI_PLAN_STALE([file, reason]);
  return {
    request: async (engine, project) => {
      if (held.application !== project.application) throw stale(`it is for application ${held.application}`);
      if (held.environment !== project.environment)
        throw stale(`it is for environment ${held.environment || "(top level)"}`);
      const now = await engine.plan({ ref: held.revision, ...inEnvironment(project) }).result;
      if (!now.ok) throw stale(now.error?.message ?? "planning it again failed");
      if (now.from !== held.from)
        throw stale(`release ${now.from ?? "none"} is in service now, it was ${held.from ?? "none"}`);
      if (now.revision !== held.revision) throw stale(`${held.revision} now is ${now.revision}`);
      return { ref: held.revision };
    },
  };
};
