import type { Problem } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { surveyProblems } from "../fleet/preflight.ts";
import { configPlan, openFleet } from "./launch.ts";

/** Every problem that providers, storage and instances show. Changes nothing. */
export const doctor = async (desk: Desk): Promise<readonly Problem[]> => {
  const found = await Promise.all([providerProblems(desk), instanceProblems(desk), storageProblems(desk)]);
  return found.flat();
};

const thrownProblem = (error: unknown, where: string): Problem => ({
  ...asHawserError(error).report(),
  where,
  severity: "error",
});

/** What the providers' own `check` gathers. */
export const providerProblems = async (desk: Desk): Promise<Problem[]> => {
  const { signal } = desk.control;
  const gathered = await Promise.all(
    [...desk.providers.all].map(async ([name, provider]) => {
      try {
        const problems = (await provider.check?.(desk.reporter.operation(signal, `check ${name}`))) ?? [];
        return problems.map((problem) => ({ ...problem, where: problem.where ?? name }));
      } catch (error) {
        return [thrownProblem(error, name)];
      }
    }),
  );
  return gathered.flat();
};

const instanceProblems = async (desk: Desk): Promise<Problem[]> => {
  await using fleet = openFleet(desk, false);
  const context = desk.reporter.operation(desk.control.signal, "doctor");
  try {
    await fleet.survey(await fleet.list(context), context);
  } catch (error) {
    return [thrownProblem(error, "inventory")];
  }
  const need = await lastNeed(desk).catch(() => undefined);
  return surveyProblems(fleet.members, configPlan(desk), need, Date.now() / 1000);
};

/** The next release is judged by the size of the last one. */
const lastNeed = async (desk: Desk) => {
  const context = desk.reporter.operation(desk.control.signal, "storage");
  const last = (await desk.stores.releases.list(context)).at(-1);
  return last && { filesBytes: last.filesBytes, entries: last.entries };
};

const storageProblems = async (desk: Desk): Promise<Problem[]> => {
  try {
    await desk.stores.desired.read(desk.reporter.operation(desk.control.signal, "storage"));
    return [];
  } catch (error) {
    return [thrownProblem(error, "storage")];
  }
};
