import type { Problem } from "../contracts/common.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { commandPrefix } from "../fleet/commands.ts";
import { install } from "../fleet/install.ts";
import { join } from "../fleet/join.ts";
import { recogniseLeftOut } from "../fleet/left-out.ts";
import { matchMaintenance } from "../fleet/maintenance.ts";
import type { FleetMember } from "../fleet/member.ts";
import { runOnce } from "../fleet/once.ts";
import { surveyProblems } from "../fleet/preflight.ts";
import { currentOf } from "../fleet/put-back.ts";
import { type Retention, retentionOf } from "../fleet/retention.ts";
import { stage } from "../fleet/staging.ts";
import { chooseMethod } from "../fleet/staging-method.ts";
import { keepOut } from "../fleet/standing.ts";
import { suspend } from "../fleet/suspension.ts";
import { activate, check, drain } from "../fleet/switch.ts";
import { acceptedVersion, layTrust } from "../fleet/trust.ts";
import type { Flow, FlowRequest } from "./flow.ts";
import type { Shipping } from "./shipping.ts";
import { defineStep, type Step } from "./step.ts";

const members = { type: "array", items: { type: "object", required: ["id"] } };

/** survey: what every instance is, and every reason why the run would fail on it; nothing is changed. */
export const surveyStep = (flow: Flow): Step =>
  defineStep({
    name: "survey",
    needs: ["artifact"],
    gives: { fleet: members },
    run: async () => {
      await flow.surveyed();
      const { operation } = flow;
      refuseProblems(flow, [...flow.problems, ...surveyProblemsOf(flow)]);
      await refuseYoungStorage(flow);
      flow.retention = await retention(flow);
      return {
        fleet: operation.fleet.working.map((member) => ({
          id: member.id,
          roles: member.instance.roles,
          release: member.release,
        })),
      };
    },
  });

const surveyProblemsOf = (flow: Flow): Problem[] => {
  const { operation, packed, shipment } = flow;
  const built = packed && {
    filesBytes: packed.manifest.filesBytes,
    entries: packed.manifest.entries.length,
  };
  const asked = operation.fleet.members.filter(({ state }) => state !== "gone");
  return surveyProblems(
    asked,
    operation.plan,
    built ?? shipment?.record,
    Date.now() / 1000,
    operation.stores.signatures.trust,
  );
};

/** Throws with every problem; with `unreachable: skip` an instance that is silent is only told of. */
const refuseProblems = (flow: Flow, problems: readonly Problem[]): void => {
  const { operation } = flow;
  const skip = operation.desk.config.rollout.unreachable === "skip";
  const silent = new Set(
    operation.fleet.members.filter(({ state }) => state === "unreachable").map(({ id }) => id),
  );
  const fatal = problems.filter(
    ({ severity, where }) => severity === "error" && !(skip && silent.has(where ?? "")),
  );
  for (const problem of problems) operation.reporter.warnProblem(problem);
  if (fatal.length === 0) {
    if (operation.fleet.working.length === 0) throw engineErrors.HWS_FLEET_UNREACHABLE([[...silent]]);
    return;
  }
  const where = [...new Set(fatal.map((problem) => problem.where ?? "config"))];
  throw engineErrors.HWS_FLEET_PREFLIGHT([fatal.length, where], {
    details: { problems: fatal },
    output: fatal.map(problemText).join("\n"),
  });
};

/** One problem in two lines: what is wrong where, and its mend. */
const problemText = ({ where = "config", code, message, hint }: Problem): string =>
  `${where}: ${message} (${code})${hint === undefined ? "" : `\n  ${hint}`}`;

/**
 * Instances that have seen a higher epoch than this storage gives, or accepted a later desired state, belong to another
 * storage, or to its lost future; or somebody put an old state back.
 */
export const refuseYoungStorage = async ({
  operation,
  request,
}: Pick<Flow, "operation"> & { readonly request: Pick<FlowRequest, "adopt"> }): Promise<void> => {
  const seen = Math.max(0, ...operation.fleet.working.map(({ survey }) => survey?.epoch ?? 0));
  if (seen > operation.lock.epoch && request.adopt !== true)
    throw engineErrors.HWS_FLEET_YOUNG_STORAGE([operation.lock.epoch, seen]);
  const accepted = acceptedVersion(operation.fleet.working);
  if (accepted === 0 || request.adopt === true) return;
  const version = (await operation.stores.desired.read(operation.context("survey")))?.state.version ?? 0;
  if (accepted > version) throw engineErrors.HWS_FLEET_OLD_DESIRED([version, accepted]);
};

const retention = async ({
  operation,
  shipment,
}: Pick<Shipping, "operation" | "shipment">): Promise<Retention> => {
  const also = [operation.from, shipment?.id];
  return await retentionOf(operation.desk, operation.fleet.members, also, operation.context("survey"));
};

/** Who is what before anything is switched: kept in the journal, so that a later run can put everything back. */
export const rememberBefore = async (flow: Flow, fresh: readonly FleetMember[]): Promise<void> => {
  const { operation } = flow;
  const reachable = fresh.filter((member) => member.reachable && member.before === undefined);
  const states = await operation.desk.providers.balancers.states(
    reachable.map(({ instance }) => instance),
    operation.context("survey"),
  );
  for (const member of reachable) {
    const membership = states.get(member.id);
    member.before = { current: currentOf(member), balancers: membership?.balancers ?? {} };
    member.loadBalancer = Object.values(member.before.balancers)[0];
    member.healthy = membership?.healthy;
  }
  await recogniseLeftOut(
    operation,
    fresh.filter((member) => member.reachable),
  );
  await operation.journal.append(
    {
      step: "before",
      phase: "done",
      facts: { before: Object.fromEntries(reachable.map(({ id, before }) => [id, before])) },
    },
    operation.context("survey"),
  );
};

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
    run: async () => await runAllOnce(flow, "before"),
  }),
];

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
      await activate(operation, member, flow.target, flow.leaving);
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
  const retained = flow.retention ?? (await retention(flow));
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
