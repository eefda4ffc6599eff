import { userInfo } from "node:os";
import type { Manifest } from "../artifact/manifest.ts";
import type { RunResult } from "../contracts/events.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import type { Revision } from "../contracts/source.ts";
import { keepEventsOf } from "../engine/kept-events.ts";
import { type LockedDesk, Operation } from "../engine/operation.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { LeftRelease } from "../fleet/left-release.ts";
import { Heartbeats, isHeld } from "../fleet/lifecycle.ts";
import { type Before, type FleetMember, namesIn } from "../fleet/member.ts";
import type { Shipment } from "../fleet/shipment.ts";
import { hasTrust } from "../fleet/trust.ts";
import { wantsRenewal } from "../state/expiry.ts";
import { Journal } from "../state/journal.ts";
import { RunLog } from "../state/run-log.ts";
import { runId } from "../state/runs.ts";
import { buildingSteps, storeStep } from "../steps/building-steps.ts";
import { closingSteps } from "../steps/closing-steps.ts";
import { inactiveSteps, suspendSteps, waveSteps } from "../steps/fleet-steps.ts";
import { Flow } from "../steps/flow.ts";
import { Runner } from "../steps/runner.ts";
import { keptTree } from "../steps/source-steps.ts";
import type { Step } from "../steps/step.ts";
import { rememberBefore, surveyStep } from "../steps/survey-step.ts";
import { stepTable } from "../steps/table.ts";
import { WaveGate } from "../steps/wave-gate.ts";
import { refuseHeld } from "./holds.ts";
import { fromOf, recallOnce } from "./open-run.ts";
import type { Promotion } from "./promotion.ts";
import { providerProblems, signingProblems } from "./provider-problems.ts";
import { readableManifest } from "./readable-manifest.ts";
import { conclude, settleFailure, settleSuccess } from "./settlement.ts";
import { artifactsDirectory, configPlan, openFleet, withScratch } from "./workplace.ts";

/** What a run is to do. */
export interface Launch {
  readonly verb: "deploy" | "rollback";
  readonly request: {
    readonly ref?: string;
    readonly rebuild?: boolean;
    /** What the artifact must be: it was looked at. */
    readonly artifact?: string;
    readonly message?: string;
    readonly adopt?: boolean;
    readonly allowBad?: boolean;
    readonly allowIncompatible?: boolean;
  };
  /** A stored release: nothing is fetched or prepared. */
  readonly shipment?: Shipment;
  readonly revision?: Revision;
  /** Where a promoted release comes from. */
  readonly promotion?: Promotion;
  /** The stored plan of a rollback; else the config's. */
  readonly plan?: { readonly plan: InstallPlan; readonly digest: string };
  readonly leaving?: LeftRelease;
  /** The run that this goes on with, and what it found before it changed anything. */
  readonly resumed?: {
    readonly journal: Journal;
    readonly before: ReadonlyMap<string, Before>;
    readonly waves: boolean;
  };
}

/** The whole table of a deploy or rollback, before the config's changes. */
export const builtInSteps = (flow: Flow): Step[] => [
  ...buildingSteps(flow),
  surveyStep(flow),
  storeStep(flow),
  ...suspendSteps(flow),
  ...inactiveSteps(flow),
  ...waveSteps(flow),
  ...closingSteps(flow),
];

/** Runs the table under a lock that is held, and settles whatever comes of it. */
export const launch = async (desk: LockedDesk, wanted: Launch, began: number): Promise<RunResult> =>
  await withScratch(desk, async (scratch) => {
    await using fleet = openFleet(desk, true);
    const operation = await openOperation(desk, fleet, wanted);
    const flow = openFlow(operation, wanted, scratch);
    try {
      return await runFlow(flow, wanted, began);
    } finally {
      await flow.shipment?.[Symbol.asyncDispose]();
      await operation.log.close().catch((error) => desk.reporter.warnError(error, { step: "log" }));
    }
  });

const openOperation = async (desk: LockedDesk, fleet: Fleet, wanted: Launch): Promise<Operation> => {
  const { stores, reporter } = desk;
  const context = reporter.operation(desk.control.signal, "journal");
  const desired = await stores.desired.read(context);
  const from = desired?.state.release ?? null;
  // Before the run is begun: without them nothing would close it again.
  const secrets = desk.providers.installer.secrets?.() ?? {};
  const wantedRevision = wanted.shipment?.record.revision ?? wanted.revision;
  const journal =
    wanted.resumed?.journal ??
    (await Journal.start(
      stores.storage,
      stores.application,
      stores.environment,
      {
        run: runId(desk.lock.epoch),
        epoch: desk.lock.epoch,
        verb: wanted.verb,
        who: userInfo().username,
        from,
        ...(wanted.shipment !== undefined && { to: wanted.shipment.id }),
        ...(wanted.request.message !== undefined && { message: wanted.request.message }),
        facts: {
          ...(wantedRevision !== undefined && { revision: wantedRevision }),
          ...(wanted.shipment !== undefined && { release: wanted.shipment.id }),
          ...(wanted.promotion !== undefined && { promoted: wanted.promotion }),
        },
      },
      context,
    ));
  desk.lock.update({ run: journal.run });
  const resumed = wanted.resumed !== undefined;
  keepEventsOf(desk, journal.run);
  reporter.emit({ type: "run", run: journal.run, resumed, from });
  const operation = new Operation({
    desk,
    fleet,
    journal,
    log: new RunLog(desk.providers.storage, stores.application, stores.environment, journal.run),
    plan: wanted.plan?.plan ?? configPlan(desk),
    ...(wanted.plan !== undefined && { planDigest: wanted.plan.digest }),
    from: wanted.resumed === undefined ? from : fromOf(journal),
    resumed,
    secrets,
  });
  if (resumed) await recallOnce(operation);
  return operation;
};

const openFlow = (operation: Operation, wanted: Launch, scratch: string): Flow => {
  const { desk } = operation;
  let survey: Promise<void> | undefined;
  const flow: Flow = new Flow({
    operation,
    workshop: {
      desk,
      plan: operation.plan,
      scratch,
      artifacts: artifactsDirectory(desk),
      kept: keptTree(desk, operation.plan, scratch),
    },
    request: { ...wanted.request, verb: wanted.verb, revision: wanted.revision },
    shipment: wanted.shipment,
    leaving: wanted.leaving,
    surveyed: () => {
      survey ??= surveyFleet(flow, wanted.resumed?.before);
      return survey;
    },
  });
  flow.waving = wanted.resumed?.waves ?? false;
  return flow;
};

const surveyFleet = async (flow: Flow, before: ReadonlyMap<string, Before> | undefined): Promise<void> => {
  const { operation } = flow;
  const context = operation.context("survey");
  const listed = await operation.fleet.list(context);
  for (const member of listed) member.before = before?.get(member.id);
  const [problems, unsigned] = await Promise.all([
    providerProblems(operation.desk, "source"),
    signingProblems(operation.desk),
    operation.fleet.survey(listed, context, operation.plan),
  ]);
  flow.problems.push(...problems, ...unsigned);
  await rememberBefore(flow, listed);
};

/** Instances are asked while the source is fetched: neither waits for the other. */
const beginSurvey = (flow: Flow, heartbeats: Heartbeats): void => {
  flow
    .surveyed()
    .then(() => heartbeats.beat())
    .catch(() => {});
};

const runFlow = async (flow: Flow, wanted: Launch, began: number): Promise<RunResult> => {
  const { operation } = flow;
  // A rollback is never held, and waits for nobody: it leads to what was proved.
  const held = () => refuseHeld(operation.desk, operation.context("hold"));
  const bringing = () => ({ release: flow.shipped.id, revision: flow.shipped.record.revision.id });
  const gate = new WaveGate(operation, bringing, held);
  const runner = new Runner(operation, wanted.verb === "deploy" ? { before: held, gate } : {});
  using heartbeats = new Heartbeats(operation);
  let published = false;
  try {
    const rows = stepTable(builtInSteps(flow), operation.desk.config.steps);
    beginSurvey(flow, heartbeats);
    flow.previous = await previousManifest(operation);
    await runner.run(rows, async (step) => {
      if (step === "publish") published = true;
      return step === "store" && (await isUnchanged(flow)) ? "end" : "go on";
    });
    const settled = await settleSuccess(flow);
    const unchanged = runner.endedEarly && settled.outcome === "done";
    return await conclude(
      flow,
      wanted.verb,
      began,
      unchanged ? { ...settled, outcome: "unchanged" } : settled,
    );
  } catch (error) {
    await flow.surveyed().catch(() => {});
    return await conclude(flow, wanted.verb, began, await settleFailure(flow, published, error));
  }
};

const previousManifest = async (operation: Operation): Promise<Manifest | undefined> => {
  if (operation.from === null) return undefined;
  const { releases } = operation.stores;
  const context = operation.context("previous");
  const found = await releases.get(operation.from, context);
  return found && (await readableManifest(operation.desk, found.record.manifest, context));
};

/** True when every instance runs the release already and storage says so with the same plan, and for long enough. */
const isUnchanged = async (flow: Flow): Promise<boolean> => {
  const { operation } = flow;
  const { trust, lifetimeSeconds } = operation.stores.signatures;
  const drained = await operation.stores.drains.ids(operation.context("drain"));
  const behind = (member: FleetMember) =>
    member.leftOut || !flow.runs(member) || !hasTrust(member, trust) || isAwaited(operation, member, drained);
  if (flow.waving || operation.fleet.working.some(behind)) return false;
  const desired = await operation.stores.desired.read(operation.context("desired"));
  if (desired?.state.release !== flow.shipped.id || desired.state.plan !== operation.planDigest) return false;
  return !wantsRenewal(desired.state, lifetimeSeconds);
};

/** Whether it runs but is not in service yet: some load balancer does not know it, or the inventory still holds it. */
const isAwaited = ({ desk }: Operation, member: FleetMember, drained: ReadonlySet<string>): boolean => {
  if (drained.has(member.id)) return false;
  const { inventory } = desk.providers;
  return namesIn(member, "absent").length > 0 || (isHeld(member) && inventory.complete !== undefined);
};
