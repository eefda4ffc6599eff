import { engineErrors } from "../errors/engine-codes.ts";
import { commandPrefix } from "../fleet/commands.ts";
import { install } from "../fleet/install.ts";
import { join } from "../fleet/join.ts";
import { matchMaintenance } from "../fleet/maintenance.ts";
import type { FleetMember } from "../fleet/member.ts";
import { runOnce } from "../fleet/once.ts";
import { stage } from "../fleet/staging.ts";
import { chooseMethod } from "../fleet/staging-method.ts";
import { keepOut } from "../fleet/standing.ts";
import { suspend } from "../fleet/suspension.ts";
import { activate, check, drain } from "../fleet/switch.ts";
import { layTrust } from "../fleet/trust.ts";
import type { Flow } from "./flow.ts";
import { retentionFor, type Shipping } from "./shipping.ts";
import { defineStep, type Step } from "./step.ts";

/** suspend: the fleet changes by the run alone from here on, where the inventory can see to that. */
export const suspendSteps = ({ operation }: Flow): Step[] =>
  operation.desk.providers.inventory.suspend === undefined
    ? []
    : [defineStep({ name: "suspend", needs: ["release"], run: async () => await suspend(operation) })];

/** stage → install → once.before: on all instances at once, inactive. */
export const inactiveSteps = (flow: Flow): Step[] => [
  defineStep({
    name: "stage",
    where: "instances",
    needs: ["release"],
    run: async (_, { instance }) => await stageOn(flow, memberOf(flow, instance)),
  }),
  defineStep({
    name: "install",
    where: "instances",
    needs: ["release"],
    run: async (_, { instance }) => await installOn(flow, memberOf(flow, instance)),
  }),
  defineStep({
    name: "once.before",
    needs: ["release"],
    run: async () => {
      lookUpLeft(flow);
      await runAllOnce(flow, "before");
    },
  }),
];

/** What the waves will leave is read while nothing waits for it. */
const lookUpLeft = ({ operation }: Flow): void => {
  for (const { release } of operation.fleet.working)
    if (release !== null) operation.leftRelease(release).catch(() => {});
};

/** drain → activate → check → join: in waves. */
export const waveSteps = (flow: Flow): Step[] => {
  const step = (name: string, work: (member: FleetMember) => Promise<void>): Step =>
    defineStep({
      name,
      where: "waves",
      needs: ["release"],
      run: async (_, { instance }) => await work(memberOf(flow, instance)),
    });
  const { operation } = flow;
  return [
    step("drain", async (member) => {
      flow.waving = true;
      if (!flow.runs(member)) await drain(operation, member, flow.gate);
    }),
    step("activate", async (member) => {
      if (flow.ranBefore(member)) return;
      await keepOut(operation, member);
      await flow.leave(member);
      await activate(operation, member, flow.target);
      await matchMaintenance(operation, member, flow.target);
    }),
    step("check", async (member) => await check(operation, member, flow.target)),
    step("join", async (member) => await join(operation, member)),
  ];
};

const memberOf = (flow: Flow, instance: { readonly id: string } | undefined): FleetMember => {
  const member = instance && flow.operation.fleet.get(instance.id);
  if (member === undefined)
    throw engineErrors.HWS_RUN_MISUSE([`no instance ${instance?.id ?? ""} in this run`]);
  return member;
};

/** Brings the release onto one instance; one that is there but was changed since its install is made clean again. */
export const stageOn = async (flow: Shipping, member: FleetMember): Promise<void> => {
  const { operation, shipped } = flow;
  const retained = flow.retention ?? (await retentionFor(flow));
  operation.reporter.instance(member, "staging");
  await layTrust(operation, member);
  const held = member.survey?.releases.find(({ id }) => id === shipped.id);
  let method = chooseMethod(member, shipped, retained, operation.resumed);
  if (method.method === "present" && held?.state === "installed" && !flow.runs(member)) {
    const context = operation.context("stage", member.id);
    const { differing } = await member.openHost.verify({ release: shipped.id }, context);
    if (differing.length > 0) method = { method: "recycle", base: held };
  }
  if (method.method === "recycle" && method.base.id === shipped.id) await forgetInstall(flow, member);
  member.mustInstall = (await stage(operation, member, shipped, method)) !== "installed";
  operation.reporter.instance(member, "staged", method.method);
};

const forgetInstall = async ({ operation, shipped }: Shipping, member: FleetMember): Promise<void> => {
  const prefix = commandPrefix(operation, "install", shipped.id);
  await member.openHost.forget(
    { epoch: operation.lock.epoch, prefix },
    operation.context("stage", member.id),
  );
};

export const installOn = async (flow: Shipping, member: FleetMember): Promise<void> => {
  const { operation, shipped } = flow;
  if (member.mustInstall) {
    operation.reporter.instance(member, "installing");
    await install(operation, member, shipped);
    member.mustInstall = false;
  }
  operation.reporter.instance(member, "ready");
};

/** Run-once commands in order; a rollback never runs any. */
export const runAllOnce = async (flow: Flow, when: "before" | "after"): Promise<void> => {
  if (flow.request.verb === "rollback") return;
  const { record } = flow.shipped;
  for (const command of flow.operation.plan.once[when])
    await runOnce(flow.operation, command, {
      phase: `once.${when}`,
      release: record.id,
      revision: record.revision.id,
      inCurrent: when === "after",
    });
};
