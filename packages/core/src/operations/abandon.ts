import type { OperationContext } from "../contracts/common.ts";
import type { RunResult } from "../contracts/events.ts";
import { keepEventsOf } from "../engine/kept-events.ts";
import { type LockedDesk, Operation } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { currentOf } from "../fleet/put-back.ts";
import { restore } from "../fleet/suspension.ts";
import { type Maintained, maintenanceReport } from "../state/maintenance.ts";
import { RunLog } from "../state/run-log.ts";
import type { RunSummary } from "../state/runs.ts";
import type { Consent } from "../steps/consent.ts";
import { endMaintenance, maintainedNow } from "./maintenance-end.ts";
import { nextCommands } from "./next-commands.ts";
import { fromOf, type Intent, openIntent, putOperationBack, recallOnce } from "./open-run.ts";
import { type Findings, resultOf } from "./result.ts";
import { readBack } from "./settlement.ts";
import { configPlan, openFleet } from "./workplace.ts";

/** Puts an open run back: every instance and load balancer as before it, verified, then the run is closed. */
export const abandon = async (
  desk: LockedDesk,
  open: RunSummary,
  consent: Consent,
  verb: string,
  began: number,
): Promise<RunResult> => {
  await using fleet = openFleet(desk, true);
  keepEventsOf(desk, open.run);
  const context = desk.reporter.operation(desk.control.signal, "abandon");
  const { operation, intent } = await reopen(desk, fleet, open, context);
  try {
    await surveyAgain(operation, intent);
    await recallOnce(operation);
    // Where no wave began nothing is put back: the instances run what they ran.
    const { crossed } = operation;
    if (crossed !== undefined && intent.waves && consent.allowIncompatible !== true)
      return await refuse(operation, intent, crossed, verb, began);
    desk.reporter.emit({ type: "step", step: "put back", phase: "started", detail: `run ${open.run}` });
    const revision = intent.revision?.id ?? "";
    const failures =
      intent.release === undefined ? [] : await putOperationBack(operation, intent.release, revision);
    await withdrawDesired(operation, open.run);
    await readBack(operation);
    const left = await restore(operation);
    const all = left === undefined ? failures : [...failures, left];
    return await close(operation, intent, { verb, began, consent }, all.map(asHawserError));
  } finally {
    await operation.log.close().catch((error) => desk.reporter.warnError(error, { step: "log" }));
  }
};

const reopen = async (
  desk: LockedDesk,
  fleet: Fleet,
  open: RunSummary,
  context: OperationContext,
): Promise<{ operation: Operation; intent: Intent }> => {
  const { stores } = desk;
  const { journal, intent } = await openIntent(desk, open, context);
  const plan =
    intent.plan === undefined ? configPlan(desk) : await stores.releases.getPlan(intent.plan, context);
  desk.lock.update({ run: open.run, phase: "put back" });
  const operation = new Operation({
    desk,
    fleet,
    journal,
    log: new RunLog(desk.providers.storage, stores.application, stores.environment, open.run),
    plan,
    from: fromOf(journal),
    resumed: true,
    secrets: desk.providers.installer.secrets?.() ?? {},
  });
  return { operation, intent };
};

/** Instances that the run never knew have no `before` and are left as they are. */
const surveyAgain = async (operation: Operation, intent: Intent): Promise<void> => {
  const context = operation.context("survey");
  const listed = await operation.fleet.list(context);
  for (const member of listed) member.before = intent.before.get(member.id);
  await operation.fleet.survey(listed, context);
  if (intent.waves) for (const member of listed) if (member.state === "surveyed") member.state = "active";
};

/** A run that had published already takes its word back: a new version that names the release before it. */
const withdrawDesired = async (operation: Operation, run: string): Promise<void> => {
  const { desired, marks, releases } = operation.stores;
  const context = operation.context("desired");
  const found = await desired.read(context);
  if (found?.state.run !== run || operation.from === null || found.state.release === operation.from) return;
  const before = await releases.get(operation.from, context);
  const mark = await marks.read(operation.from, context);
  if (before === undefined || mark === undefined) return;
  // A mark is not signed: the plan that it names is proved before it is signed for.
  await releases.getPlan(mark.plan, context);
  await operation.guard();
  await desired.move(
    {
      to: {
        epoch: operation.lock.epoch,
        release: operation.from,
        manifest: before.record.manifest,
        plan: mark.plan,
        previous: null,
        run,
        updated: Math.floor(Date.now() / 1000),
        reason: `run ${run} was abandoned`,
      },
      expectVersion: found.state.version,
      epoch: operation.lock.epoch,
    },
    context,
  );
};

/** Everything stays as it stands: what the run started cannot be undone by putting instances back. */
const refuse = async (
  operation: Operation,
  intent: Intent,
  crossed: string,
  verb: string,
  began: number,
): Promise<RunResult> => {
  const { run } = operation.journal;
  const error = engineErrors.HWS_ONCE_CROSSED([`what the instances ran before run ${run}`, [crossed]]);
  return await result(operation, intent, verb, began, await maintainedNow(operation), {
    outcome: "split",
    exitCode: 3,
    error: error.report(),
  });
};

const close = async (
  operation: Operation,
  intent: Intent,
  { verb, began, consent }: { readonly verb: string; readonly began: number; readonly consent: Consent },
  failures: readonly ReturnType<typeof asHawserError>[],
): Promise<RunResult> => {
  const { desk, journal } = operation;
  const context = operation.context("end");
  const known = operation.fleet.members.filter(({ before }) => before !== undefined);
  const unreached = known.filter(({ reachable, state }) => !reachable && state !== "gone");
  const whole =
    failures.length === 0 &&
    unreached.length === 0 &&
    known.every((member) => !member.reachable || currentOf(member) === member.before?.current);
  const outcome = whole ? "putBack" : "split";
  desk.reporter.emit({ type: "step", step: "put back", phase: whole ? "done" : "failed" });
  const exitCode = whole ? 0 : 3;
  const maintained = whole
    ? await endMaintenance(operation, consent.allowIncompatible)
    : await maintainedNow(operation);
  if (whole)
    await journal.end(
      {
        outcome,
        exitCode,
        to: operation.from,
        instances: operation.fleet.members.map(({ id, release, state }) => ({ id, release, state })),
      },
      context,
    );
  const [first] = failures;
  const error = first?.report();
  return await result(operation, intent, verb, began, maintained, {
    outcome,
    exitCode,
    release: operation.from,
    ...(error !== undefined && { error }),
  });
};

const result = async (
  operation: Operation,
  intent: Intent,
  verb: string,
  began: number,
  maintained: Maintained | undefined,
  findings: Findings,
): Promise<RunResult> => {
  const { desk, journal, crossed } = operation;
  const desired = await operation.stores.desired.read(operation.context("end"));
  const { outcome } = findings;
  return resultOf(desk, verb, began, {
    run: journal.run,
    release: intent.release ?? null,
    from: intent.release ?? null,
    desired: desired?.state.release ?? null,
    instances: operation.fleet.members.map((member) => member.result()),
    ...(maintained !== undefined && { maintenance: maintenanceReport(maintained) }),
    ran: operation.ran,
    ...(outcome === "split" && { open: true }),
    next: nextCommands(desk, { outcome, run: journal.run, open: outcome === "split", crossed, maintained }),
    ...findings,
  });
};
