import type { DeployRequest } from "../contracts/engine-requests.ts";
import type { RunResult } from "../contracts/events.ts";
import type { Revision } from "../contracts/source.ts";
import type { Desk, LockedDesk } from "../engine/operation.ts";
import type { OtherEnvironments } from "../engine/other-environments.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { RunSummary } from "../state/runs.ts";
import { abandon } from "./abandon.ts";
import { requestOfPlan } from "./deploy-plan.ts";
import { refuseHeld } from "./holds.ts";
import { type Launch, launch } from "./launch.ts";
import { locked } from "./locked.ts";
import { settleOnce } from "./once-settlement.ts";
import { releaseToDeploy } from "./release-choice.ts";
import { resume } from "./resume.ts";
import { openRun } from "./settled-runs.ts";
import { openFleet } from "./workplace.ts";

/** Deploys: an open run is resumed, or put back first; then the table of steps runs. */
export const deploy = async (
  free: Desk,
  request: DeployRequest,
  others: OtherEnvironments,
): Promise<RunResult> => {
  const began = performance.now();
  const verb = "deploy";
  const epochAbove = request.adopt === true ? await highestEpoch(free) : undefined;
  return await locked(free, { verb, waitMs: request.waitMs ?? 0, began, epochAbove }, async (desk) => {
    const context = desk.reporter.operation(desk.control.signal, verb);
    const open = await openRun(desk, context);
    // A hold stops what goes forward: putting back goes on, and so does a rollback that was left open.
    const back = request.abandon === true || (request.resume === true && open?.verb === "rollback");
    if (!back) await refuseHeld(desk, context);
    await settleOnce(desk, request.once ?? {}, open, context);
    if (request.abandon === true) return await abandon(desk, openOrThrow(desk, open), request, verb, began);
    if (request.resume === true) return await resume(desk, openOrThrow(desk, open), began);
    return await fresh(desk, open, request, others, began);
  });
};

/** The highest epoch that any instance has seen, asked without changing anything. */
const highestEpoch = async (desk: Desk): Promise<number> => {
  await using fleet = openFleet(desk, false);
  const context = desk.reporter.operation(desk.control.signal, "adopt");
  await fleet.survey(await fleet.list(context), context);
  return Math.max(0, ...fleet.working.map(({ survey }) => survey?.epoch ?? 0));
};

const openOrThrow = (desk: Desk, open: RunSummary | undefined): RunSummary => {
  if (open === undefined) throw engineErrors.HWS_RUN_NONE_OPEN([desk.config.environment || "the top level"]);
  return open;
};

/** A run that was left open by the same revision is gone on with; one of another is put back first. */
const fresh = async (
  desk: LockedDesk,
  open: RunSummary | undefined,
  asked: DeployRequest,
  others: OtherEnvironments,
  began: number,
): Promise<RunResult> => {
  const request = await requestOfPlan(desk, asked, open?.run);
  const wanted: Launch = { verb: "deploy", request, ...(await releaseToDeploy(desk, request, others)) };
  if (open === undefined) return await launch(desk, wanted, began);
  const meant = wanted.shipment?.record.revision.id ?? wanted.revision?.id;
  const opened = (open.facts.revision as Revision | undefined)?.id;
  if (opened !== undefined && opened === meant && open.verb === "deploy")
    return await resume(desk, open, began);
  desk.reporter.warn({
    code: "HWS_RUN_OPEN",
    message: `run ${open.run} is open with another revision: it is put back first`,
  });
  const back = await abandon(desk, open, request, "deploy", began);
  return back.ok ? await launch(desk, wanted, began) : back;
};
