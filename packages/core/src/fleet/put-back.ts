import type { Operation } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { DrainGate } from "./drain-gate.ts";
import { ensureRequest } from "./ensure-request.ts";
import { rejoin } from "./join.ts";
import { forgetLeaving, giveUp, hasBegunToLeave } from "./leave.ts";
import type { LeftRelease } from "./left-release.ts";
import { matchMaintenance } from "./maintenance.ts";
import { type FleetMember, namesIn } from "./member.ts";
import { shareOf } from "./share.ts";
import { keepOut } from "./standing.ts";
import { activate, check, drain, type SwitchTarget } from "./switch.ts";

export interface PutBackPlan {
  /** The release that is being left. */
  readonly from: LeftRelease;
  /** What a member was before, with the plan that it last ran with. */
  targetOf(member: FleetMember): Promise<SwitchTarget>;
}

/** The same facts as `before.current`, read from the instance now. */
export const currentOf = (member: FleetMember): string | null => {
  const current = member.survey?.current;
  if (current?.kind === "release") return current.release ?? null;
  if (current?.kind === "foreign") return `foreign ${current.target ?? ""}`;
  return null;
};

/**
 * Undoes a run: every instance and every load balancer as before. Goes on past members that fail; their errors
 * are given back, and the result is read from the instances afterwards.
 */
export const putBack = async (operation: Operation, plan: PutBackPlan): Promise<HawserError[]> => {
  const errors: HawserError[] = [];
  const members = operation.fleet.members.filter(
    ({ before, host }) => before !== undefined && host !== undefined,
  );
  const gate = new DrainGate(operation);
  const limit = shareOf(operation.desk.config.rollout.maxUnavailable, operation.fleet.members.length, 1);
  await operation.fleet
    .each(members, (member) => putBackOne(operation, member, plan, gate), operation.context("put back"), {
      limit,
    })
    .catch((error) => {
      const first = asHawserError(error);
      errors.push(first, ...first.suppressed.map(asHawserError));
    });
  return errors;
};

const putBackOne = async (
  operation: Operation,
  member: FleetMember,
  plan: PutBackPlan,
  gate: DrainGate,
): Promise<void> => {
  const { before } = member;
  if (before === undefined) return;
  const context = operation.context("put back", member.id);
  await operation.fleet.look(member, context);
  const isSwitched = currentOf(member) !== before.current;
  if (isSwitched || (await hasBegunToLeave(operation, member))) {
    const target = await plan.targetOf(member);
    const warn = (error: unknown): void => {
      operation.signal.throwIfAborted();
      operation.reporter.warnError(error, { instance: member.id, step: "put back" });
    };
    if (member.state === "active") await drain(operation, member, gate);
    // A load balancer that does not answer must not keep anybody on the release that failed.
    await keepOut(operation, member).catch(warn);
    if (isSwitched) await giveUp(operation, member, target, plan.from);
    await activate(operation, member, target);
    await matchMaintenance(operation, member, target).catch(warn);
    await check(operation, member, target);
    if (!isSwitched) await forgetLeaving(operation, member);
  }
  if (before.current !== null && !member.leftOut) await rejoin(operation, member);
  await leaveOut(operation, member);
  await operation.fleet.look(member, context);
  operation.reporter.instance(member, "putBack");
};

/** Where it was not in before it is not now either. */
const leaveOut = async (operation: Operation, member: FleetMember): Promise<void> => {
  const { config, providers } = operation.desk;
  for (const [state, was] of [
    ["absent", "absent"],
    ["out", "out"],
    ["out", "draining"],
  ] as const) {
    const names = namesIn(member, was);
    const request = ensureRequest(config.rollout, member.instance, state);
    if (names.length > 0)
      await providers.balancers.ensure(request, names, operation.context("put back", member.id));
  }
};
