import type { Problem } from "../contracts/common.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { recogniseLeftOut } from "../fleet/left-out.ts";
import type { FleetMember } from "../fleet/member.ts";
import { surveyProblems } from "../fleet/preflight.ts";
import { currentOf } from "../fleet/put-back.ts";
import { acceptedVersion } from "../fleet/trust.ts";
import type { Flow, FlowRequest } from "./flow.ts";
import { retentionFor } from "./shipping.ts";
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
      flow.retention = await retentionFor(flow);
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
