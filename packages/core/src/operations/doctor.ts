import type { Problem } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { sealingProblems, surveyProblems } from "../fleet/preflight.ts";
import { expiryWarning } from "../state/expiry.ts";
import { providerProblems, signingProblems, thrownProblem } from "./provider-problems.ts";
import { configPlan, openFleet } from "./workplace.ts";

/** Every problem that providers, storage and instances show. Changes nothing. */
export const doctor = async (desk: Desk): Promise<readonly Problem[]> => {
  const found = await Promise.all([
    providerProblems(desk),
    signingProblems(desk),
    instanceProblems(desk),
    storageProblems(desk),
    desk.listeners.problems(desk.reporter, desk.control.signal),
  ]);
  return found.flat();
};

const instanceProblems = async (desk: Desk): Promise<Problem[]> => {
  await using fleet = openFleet(desk, false);
  const context = desk.reporter.operation(desk.control.signal, "doctor");
  const plan = configPlan(desk);
  try {
    await fleet.survey(await fleet.list(context), context, plan);
  } catch (error) {
    return [thrownProblem(error, "inventory")];
  }
  const need = await lastNeed(desk).catch(() => undefined);
  const found = surveyProblems(fleet.members, plan, need, Date.now() / 1000, desk.stores.signatures.trust);
  return desk.stores.sealing.seals ? [...found, ...sealingProblems(fleet.members)] : found;
};

/** The next release is judged by the size of the last one. */
const lastNeed = async (desk: Desk) => {
  const context = desk.reporter.operation(desk.control.signal, "storage");
  const last = (await desk.stores.releases.list(context)).at(-1);
  return last && { filesBytes: last.filesBytes, entries: last.entries };
};

const storageProblems = async (desk: Desk): Promise<Problem[]> => {
  try {
    const context = desk.reporter.operation(desk.control.signal, "storage");
    const found = await desk.stores.desired.read(context);
    const expiry = found && expiryWarning(found.state);
    return expiry === undefined ? [] : [{ ...expiry.report(), where: "storage", severity: "warning" }];
  } catch (error) {
    return [thrownProblem(error, "storage")];
  }
};
