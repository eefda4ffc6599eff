import type { OperationContext } from "../contracts/common.ts";
import type { FleetMember } from "../fleet/member.ts";
import { activate, check, join } from "../fleet/switch.ts";
import { installOn, rememberBefore, runAllOnce, stageOn } from "./fleet-steps.ts";
import type { Flow } from "./flow.ts";
import { defineStep, type Step } from "./step.ts";

/** How often the inventory is asked again for instances that appeared meanwhile. */
const catchUpRounds = 5;

/** publish → once.after → prune: the fleet runs the release; now storage says so, and what is old goes. */
export const closingSteps = (flow: Flow): Step[] => [
  defineStep({
    name: "publish",
    needs: ["release"],
    run: async (_, context) => {
      await publish(flow, context);
      await catchUp(flow, context);
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
    run: async (_, context) => await pruneInstances(flow, context),
  }),
];

/** Moves the desired state and records what the run proved; a run that was resumed may find it already moved. */
const publish = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { operation, shipped } = flow;
  const { desired, marks } = operation.stores;
  const plan = operation.planDigest ?? (await operation.stores.releases.putPlan(operation.plan, context));
  const now = Date.now();
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
    await operation.fleet.survey(fresh, context);
    await rememberBefore(flow, fresh);
    const answering = fresh.filter((member) => member.reachable);
    await operation.fleet.each(answering, (member) => bringUp(flow, member), context);
  }
};

const bringUp = async (flow: Flow, member: FleetMember): Promise<void> => {
  await stageOn(flow, member);
  await installOn(flow, member);
  if (!flow.runs(member)) await activate(flow.operation, member, flow.target);
  await check(flow.operation, member, flow.target);
  await join(flow.operation, member);
};

/** Deletes what retention no longer keeps from the instances. The release is in service: a failure is a warning. */
const pruneInstances = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { operation, retention } = flow;
  if (retention === undefined) return;
  const good = [...retention.good, flow.shipped.id].sort().reverse();
  const keep = new Set(good.slice(0, retention.keep));
  const protectedIds = [flow.shipped.id, operation.from].filter((id) => id !== null);
  await operation.fleet
    .each(
      operation.fleet.working,
      async (member) => {
        const held = member.survey?.releases.map(({ id }) => id) ?? [];
        const stays = [...new Set([...protectedIds, ...held.filter((id) => keep.has(id))])];
        if (held.every((id) => stays.includes(id))) return;
        await operation.guard();
        await member.openHost.prune(
          { epoch: operation.lock.epoch, keep: stays },
          {
            ...context,
            signal: operation.signal,
          },
        );
      },
      context,
    )
    .catch((error) => {
      operation.signal.throwIfAborted();
      operation.reporter.warnError(error, { step: "prune" });
    });
};
