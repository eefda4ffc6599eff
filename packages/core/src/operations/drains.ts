import type { OperationContext } from "../contracts/common.ts";
import type { DrainRequest, UndrainRequest } from "../contracts/engine-requests.ts";
import type { RunResult } from "../contracts/events.ts";
import type { EnsureRequest } from "../contracts/load-balancer.ts";
import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { summary } from "../fleet/balancers.ts";
import { ensureRequest } from "../fleet/ensure-request.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { FleetMember } from "../fleet/member.ts";
import { shortageWithout } from "../fleet/serving.ts";
import { chosenMembers } from "./choice.ts";
import { keptReason } from "./reason.ts";
import { exitCodeOf, resultOf } from "./result.ts";
import { runUnderWay } from "./under-way.ts";
import { mustBeHealthyOnDesired } from "./undrain-check.ts";
import { openFleet } from "./workplace.ts";

/** Nobody fights for one instance so often. */
const attempts = 5;

/**
 * Takes instances out of the load balancers until somebody says otherwise. Takes no lock: what is recorded counts before the
 * load balancer is told, and every run reads it before it puts an instance in.
 */
export const drain = async (desk: Desk, request: DrainRequest): Promise<RunResult> =>
  await onMembers(desk, "drain", request, async (fleet, chosen, context) => {
    const why = keptReason(desk, request.reason);
    const { balancers } = desk.providers;
    const alone = chosen.filter(({ instance }) => !balancers.carries(instance)).map(({ id }) => id);
    if (alone.length > 0) throw engineErrors.HWS_DRAIN_NO_BALANCER([alone]);
    const made = await record(desk, chosen, why, context);
    try {
      if (made.length > 0 && request.force !== true) await refuseLast(desk, fleet, made, context);
    } catch (error) {
      for (const { id } of made) await desk.stores.drains.remove(id, context);
      throw error;
    }
    if (made.length > 0)
      await desk.stores.notes.ofEnvironment(
        { verb: "drain", why, instances: made.map(({ id }) => id) },
        context,
      );
    await fleet.each(chosen, async (member) => await takeOut(desk, member, why), context);
    return made.length > 0;
  });

/** Records all; gives those that were not drained before. */
const record = async (
  { stores }: Desk,
  chosen: readonly FleetMember[],
  why: string,
  context: OperationContext,
): Promise<FleetMember[]> => {
  const made: FleetMember[] = [];
  for (const member of chosen) {
    const set = await stores.drains.set(member.id, why, context);
    member.drain = set.drain;
    if (set.made) made.push(member);
  }
  return made;
};

/** Asked after the record was made: of two who drain the last two members at once, at least one sees the other. */
const refuseLast = async (
  { config, providers, stores }: Desk,
  fleet: Fleet,
  made: readonly FleetMember[],
  context: OperationContext,
): Promise<void> => {
  const { balancers } = providers;
  const carried = fleet.members.map(({ instance }) => instance).filter((each) => balancers.carries(each));
  const [states, away] = await Promise.all([balancers.states(carried, context), stores.drains.ids(context)]);
  const ids = new Set(made.map(({ id }) => id));
  const shortage = shortageWithout({ ids, away }, states, config.rollout.minHealthy);
  if (shortage !== undefined)
    throw engineErrors.HWS_DRAIN_LAST([[...ids], shortage.balancer, shortage.least]);
};

const takeOut = async (desk: Desk, member: FleetMember, why: string): Promise<void> => {
  const context = desk.reporter.operation(desk.control.signal, "drain", member.id);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    desk.reporter.instance(member, "draining");
    await ensure(desk, member, "out", context);
    // Who let it in again at the same moment has taken the record away.
    const { made } = await desk.stores.drains.set(member.id, why, context);
    if (!made) break;
  }
  member.loadBalancer = "out";
  desk.reporter.instance(member, "drained");
};

/** Puts drained instances in again, also those that a person took out at the load balancer itself. */
export const undrain = async (desk: Desk, request: UndrainRequest): Promise<RunResult> =>
  await onMembers(desk, "undrain", request, async (fleet, chosen, context) => {
    const why = request.reason === undefined ? undefined : keptReason(desk, request.reason);
    const busy = await runUnderWay(desk, context);
    if (busy !== undefined) throw engineErrors.HWS_UNDRAIN_BUSY([busy.message]);
    await fleet.survey(chosen, context);
    const drained = await desk.stores.drains.list(context);
    const changed: string[] = [];
    await fleet.each(
      chosen,
      async (member) => {
        const own = desk.reporter.operation(desk.control.signal, "undrain", member.id);
        if (member.error !== undefined) throw member.error;
        member.drain = drained.get(member.id);
        if (await putIn(desk, member, own)) changed.push(member.id);
      },
      context,
    );
    if (changed.length > 0)
      await desk.stores.notes.ofEnvironment(
        { verb: "undrain", instances: changed, ...(why !== undefined && { why }) },
        context,
      );
    return changed.length > 0;
  });

/** In first, then the record goes: one that cannot be put in stays drained. Gives whether anything was changed. */
const putIn = async (desk: Desk, member: FleetMember, context: OperationContext): Promise<boolean> => {
  const { drains } = desk.stores;
  const before = await stateOf(desk, member, context);
  if (member.drain === undefined && before === "in") {
    member.loadBalancer = before;
    desk.reporter.instance(member, "active");
    return false;
  }
  await mustBeHealthyOnDesired(desk, member, context);
  desk.reporter.instance(member, "joining");
  const confirm = async (): Promise<void> => {
    const busy = await runUnderWay(desk, context);
    if (busy !== undefined) throw engineErrors.HWS_UNDRAIN_BUSY([busy.message]);
  };
  await confirm();
  try {
    await ensure(desk, member, "in", { ...context, confirm });
  } catch (error) {
    if (member.drain !== undefined) await ensure(desk, member, "out", context).catch(() => undefined);
    throw error;
  }
  await drains.remove(member.id, context);
  member.drain = await drains.read(member.id, context);
  member.loadBalancer = await stateOf(desk, member, context);
  if (member.loadBalancer !== "in") throw engineErrors.HWS_UNDRAIN_OVERTAKEN([member.id]);
  member.healthy = "yes";
  desk.reporter.instance(member, "active");
  return true;
};

const stateOf = async (desk: Desk, { instance }: FleetMember, context: OperationContext) => {
  const membership = (await desk.providers.balancers.states([instance], context)).get(instance.id);
  return membership && summary(membership.balancers);
};

const ensure = async (
  { config, providers }: Desk,
  { instance }: FleetMember,
  state: EnsureRequest["state"],
  context: OperationContext,
): Promise<void> => {
  await providers.balancers.ensure(ensureRequest(config.rollout, instance, state), undefined, context);
};

/** Lists who is meant and does something to them; how it went is the result, one failure does not keep the others. */
const onMembers = async (
  desk: Desk,
  verb: "drain" | "undrain",
  request: DrainRequest | UndrainRequest,
  work: (fleet: Fleet, chosen: readonly FleetMember[], context: OperationContext) => Promise<boolean>,
): Promise<RunResult> => {
  const began = performance.now();
  // There is nothing to put back: whoever interrupts wants it to end.
  desk.control.onCancel(() => desk.control.cancel("stop"));
  const context = desk.reporter.operation(desk.control.signal, verb);
  await using fleet = openFleet(desk, false);
  let chosen: readonly FleetMember[] = [];
  try {
    await fleet.list(context);
    chosen = chosenMembers(fleet, request);
    const changed = await work(fleet, chosen, context);
    return resultOf(desk, verb, began, {
      outcome: changed ? "done" : "unchanged",
      instances: chosen.map((member) => member.result()),
    });
  } catch (thrown) {
    const error = asHawserError(HawserError.is(thrown) ? thrown : (desk.control.signal.reason ?? thrown));
    const some = chosen.some(({ state }) => state === "drained" || state === "active");
    return resultOf(desk, verb, began, {
      outcome: some ? "incomplete" : "untouched",
      exitCode: exitCodeOf("untouched", error),
      error: error.report(),
      instances: chosen.map((member) => member.result()),
    });
  }
};
