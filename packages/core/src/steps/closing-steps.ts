import type { OperationContext } from "../contracts/common.ts";
import { keepRoster } from "../fleet/departed.ts";
import { join } from "../fleet/join.ts";
import { leaveOutAbsent } from "../fleet/left-out.ts";
import { completeStarting } from "../fleet/lifecycle.ts";
import { leaveMaintenance, matchMaintenance } from "../fleet/maintenance.ts";
import type { FleetMember } from "../fleet/member.ts";
import { lookAgain } from "../fleet/standing.ts";
import { activate, check, drain } from "../fleet/switch.ts";
import { acceptedVersion, tellDesired } from "../fleet/trust.ts";
import { retained } from "../state/retention.ts";
import { sweep } from "../state/sweep.ts";
import { ArtifactCache } from "./artifact-cache.ts";
import { installOn, runAllOnce, stageOn } from "./fleet-steps.ts";
import type { Flow } from "./flow.ts";
import { defineStep, type Step } from "./step.ts";
import { rememberBefore } from "./survey-step.ts";

/** How often the inventory is asked again for instances that appeared meanwhile. */
const catchUpRounds = 5;

/** maintenance → publish → once.after → prune: the fleet runs the release; now storage says so, and what is old goes. */
export const closingSteps = (flow: Flow): Step[] => [
  ...maintenanceSteps(flow),
  defineStep({
    name: "publish",
    needs: ["release"],
    run: async (_, context) => {
      await leaveOutAbsent(flow.operation);
      await lookAgain(flow.operation);
      await publish(flow, context);
      await tellDesired(flow.operation);
      await completeStarting(flow.operation, flow.operation.fleet.working);
      await catchUp(flow, context);
      await noteRoster(flow);
    },
  }),
  defineStep({
    name: "once.after",
    needs: ["release"],
    run: async () => await runAllOnce(flow, "after"),
  }),
  defineStep({
    name: "prune",
    needs: ["release"],
    run: async (_, context) => await prune(flow, context),
  }),
];

/** maintenance: the release is in service, so it ends; only where the plan knows of any. */
const maintenanceSteps = (flow: Flow): Step[] => {
  const { operation } = flow;
  const { on, off } = operation.plan.maintenance;
  const known =
    on.length + off.length > 0 || operation.plan.once.before.some(({ maintenance }) => maintenance);
  if (!known) return [];
  const run = async (): Promise<void> => await leaveMaintenance(operation, flow.running);
  return [defineStep({ name: "maintenance", needs: ["release"], run })];
};

/** Moves the desired state and records what the run proved; a run that was resumed may find it already moved. */
const publish = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { operation, shipped } = flow;
  const { desired, marks } = operation.stores;
  const plan = operation.planDigest ?? (await operation.stores.releases.putPlan(operation.plan, context));
  const now = Math.floor(Date.now() / 1000);
  const found = await desired.read(context);
  await operation.guard();
  await marks.set(shipped.id, { plan, good: now, bad: null, lastRun: operation.journal.run }, context);
  if (flow.leaving !== undefined && flow.leaving.release !== shipped.id)
    await marks.set(
      flow.leaving.release,
      { bad: { since: now, reason: `rolled back in run ${operation.journal.run}` } },
      context,
    );
  if (found?.state.run === operation.journal.run && found?.state.release === shipped.id) return;
  await desired.move(
    {
      to: {
        epoch: operation.lock.epoch,
        release: shipped.id,
        manifest: shipped.record.manifest,
        plan,
        previous: operation.from,
        run: operation.journal.run,
        updated: now,
        ...(flow.request.message !== undefined && { reason: flow.request.message }),
      },
      expectVersion: found?.state.version ?? 0,
      versionAbove: acceptedVersion(operation.fleet.working),
      epoch: operation.lock.epoch,
    },
    context,
  );
};

/** Instances that appeared during the run are brought to the release, until the inventory shows no new one. */
const catchUp = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { operation } = flow;
  for (let round = 0; round < catchUpRounds; round++) {
    const fresh = await operation.fleet.list(context);
    if (fresh.length === 0) return;
    await operation.fleet.survey(fresh, context, operation.plan);
    await rememberBefore(flow, fresh);
    const answering = fresh.filter((member) => member.reachable);
    await operation.fleet.each(answering, (member) => bringUp(flow, member), context);
  }
};

/** The release is in service: that the roster could not be kept is a warning, and the next run keeps it. */
const noteRoster = async ({ operation }: Flow): Promise<void> => {
  try {
    await keepRoster(operation);
  } catch (error) {
    operation.signal.throwIfAborted();
    operation.reporter.warnError(error, { step: "publish" });
  }
};

const bringUp = async (flow: Flow, member: FleetMember): Promise<void> => {
  await stageOn(flow, member);
  await installOn(flow, member);
  // One that came up meanwhile with what was desired before may serve already.
  if (!flow.runs(member)) await drain(flow.operation, member, flow.gate);
  if (!flow.ranBefore(member)) {
    await flow.leave(member);
    await activate(flow.operation, member, flow.target);
  }
  await matchMaintenance(flow.operation, member, flow.target);
  await check(flow.operation, member, flow.target);
  await join(flow.operation, member);
  await completeStarting(flow.operation, [member]);
};

/** Deletes what retention no longer keeps. The release is in service: a failure is a warning. */
const prune = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { operation } = flow;
  for (const part of [pruneInstances, pruneStorage, pruneCache])
    try {
      await part(flow, context);
    } catch (error) {
      operation.signal.throwIfAborted();
      operation.reporter.warnError(error, { step: "prune" });
    }
};

const pruneCache = async ({ operation, shipped, workshop }: Flow, context: OperationContext): Promise<void> =>
  void (await new ArtifactCache(workshop.artifacts).sweep(operation.desk, [shipped.id], context));

const heldBy = (member: FleetMember): string[] => member.survey?.releases.map(({ id }) => id) ?? [];

const pruneInstances = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { operation, retention, shipped } = flow;
  if (retention === undefined) return;
  const good = new Set([...retention.good, shipped.id]);
  const pinned = await operation.stores.pins.ids(context);
  const needed = new Set([shipped.id, ...pinned, ...(operation.from === null ? [] : [operation.from])]);
  await operation.fleet.each(
    operation.fleet.working,
    async (member) => {
      const present = [...heldBy(member), shipped.id];
      const kept = retained({ present, good, needed, keep: retention.keep });
      if (present.every((id) => kept.has(id))) return;
      await operation.guard();
      await member.openHost.prune({ epoch: operation.lock.epoch, keep: [...kept] }, context);
    },
    context,
  );
};

/** How many releases beyond `keep` may gather in storage before a deploy looks for what nothing needs any more. */
const storageSlack = 5;

const pruneStorage = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { desk, fleet, stores } = flow.operation;
  const keep = desk.config.keep.storage;
  if ((flow.retention?.good.size ?? 0) <= keep + storageSlack) return;
  const alsoKeep = fleet.members.flatMap(heldBy);
  await sweep(stores.storage, stores.application, { keep, alsoKeep }, context);
};
