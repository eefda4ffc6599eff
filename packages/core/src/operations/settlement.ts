import type { Outcome, RunResult } from "../contracts/events.ts";
import type { Operation } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { currentOf } from "../fleet/put-back.ts";
import { restore } from "../fleet/suspension.ts";
import { wideTimeout } from "../process/wide-controller.ts";
import { type Maintained, maintenanceReport } from "../state/maintenance.ts";
import type { Flow } from "../steps/flow.ts";
import { endMaintenance, maintainedNow } from "./maintenance-end.ts";
import { nextCommands } from "./next-commands.ts";
import { putOperationBack } from "./open-run.ts";
import { exitCodeOf, resultOf } from "./result.ts";

/** How an operation ended and what the journal is to say of it. */
interface Settled {
  readonly outcome: Outcome;
  readonly error?: HawserError;
  /** Left open: a later run resumes or abandons it. */
  readonly open: boolean;
}

/** Codes after which this process may change nothing any more: what becomes of the run is for a later one. */
const losses: ReadonlySet<string> = new Set(["HWS_LOCK_SILENT", "HWS_STORAGE_SILENT", "HWS_RUN_STOPPED"]);

const isLoss = ({ code }: HawserError): boolean => code.endsWith("_FENCED") || losses.has(code);

/** Reads every reachable instance again: the result says what is, never what was meant. */
export const readBack = async (operation: Operation): Promise<void> => {
  const signal = wideTimeout(20_000);
  const context = operation.reporter.operation(signal, "read back");
  await operation.fleet
    .each(operation.fleet.working, async (member) => await operation.fleet.look(member, context), context)
    .catch(() => undefined);
};

/** After a failure: decides what becomes of the instances, does it, and says how it ended. */
export const settleFailure = async (flow: Flow, published: boolean, thrown: unknown): Promise<Settled> => {
  const { operation } = flow;
  // A lost lock or a stop shows itself in whatever call it interrupted: the reason is what counts.
  const reason = operation.signal.aborted ? operation.signal.reason : thrown;
  const error = asHawserError(HawserError.is(reason) ? reason : thrown);
  if (isLoss(error)) return { outcome: "interrupted", error, open: true };
  if (published) return { outcome: "incomplete", error, open: false };
  // What a run that is resumed had switched or drained before counts as its own.
  const before = operation.resumed && flow.waving;
  const touched =
    before || operation.fleet.members.some(({ switched, state }) => switched || state === "draining");
  const drained = operation.fleet.members.some(
    ({ loadBalancer, takenOut }) => takenOut || loadBalancer === "out",
  );
  if (!touched && !(drained && flow.waving)) return { outcome: "untouched", error, open: false };
  // A hold stops the run between two waves, where nothing is half-done: after it the run goes on.
  if (error.code === "HWS_HOLD_HELD") return { outcome: "interrupted", error, open: true };
  if (operation.crossed !== undefined) return { outcome: "split", error, open: true };
  return await putBackAfter(flow, error);
};

const putBackAfter = async (flow: Flow, error: HawserError): Promise<Settled> => {
  const { operation } = flow;
  operation.reporter.emit({ type: "step", step: "put back", phase: "started", detail: error.message });
  try {
    const { record } = flow.shipped;
    const failures = await putOperationBack(operation, record.id, record.revision.id);
    error.suppressed.push(...failures);
    for (const failure of failures) operation.reporter.warnError(failure, { step: "put back" });
  } catch (second) {
    const failure = asHawserError(second);
    error.suppressed.push(failure);
    if (isLoss(failure)) return { outcome: "interrupted", error: failure, open: true };
  }
  await readBack(operation);
  const whole = operation.fleet.members.every(
    (member) =>
      member.before === undefined || !member.reachable || currentOf(member) === member.before.current,
  );
  operation.reporter.emit({ type: "step", step: "put back", phase: whole ? "done" : "failed" });
  if (!whole) return { outcome: "split", error, open: true };
  // Who could not join again is out by this run's doing: it stays open, so that the next one, or `watch`, puts it in. Who
  // ran nothing before stays out.
  const out = operation.fleet.members.some(
    ({ reachable, takenOut, before }) =>
      reachable && takenOut && before !== undefined && before.current !== null,
  );
  return { outcome: "putBack", error, open: out };
};

/** After the table ran to its end: the instances say whether it is true. */
export const settleSuccess = async (flow: Flow): Promise<Settled> => {
  await readBack(flow.operation);
  const wrong = flow.operation.fleet.working.filter(({ release }) => release !== flow.shipped.id);
  if (wrong.length === 0) return { outcome: "done", open: false };
  const releases = wrong.map(({ id, release }) => `${id} ${release ?? "none"}`).join(", ");
  return { outcome: "split", error: engineErrors.HWS_RESULT_SPLIT([releases]), open: false };
};

/** What the run suspended is given back whatever its outcome; as long as it is not, the run is not over. */
const afterRestoring = async (operation: Operation, settled: Settled): Promise<Settled> => {
  const left = await restore(operation);
  if (left === undefined) return settled;
  operation.reporter.warnError(left, { step: "restore" });
  const done = settled.outcome === "done" || settled.outcome === "unchanged";
  return {
    outcome: done ? "incomplete" : settled.outcome,
    error: settled.error ?? left,
    open: true,
  };
};

/**
 * Where the instances run what they ran before, what the run has put into maintenance leaves it; where they do not, or nobody may
 * change anything any more, it stays for whoever ends the run. Gives what is recorded then.
 */
const afterMaintenance = async (
  operation: Operation,
  { outcome }: Settled,
): Promise<Maintained | undefined> => {
  if (outcome === "untouched" || outcome === "putBack") return await endMaintenance(operation);
  return await maintainedNow(operation);
};

/** Closes the journal (unless the run stays open) and makes the result. */
export const conclude = async (
  flow: Flow,
  verb: string,
  began: number,
  meant: Settled,
): Promise<RunResult> => {
  const { operation } = flow;
  const { desk, journal } = operation;
  const settled = await afterRestoring(operation, meant);
  const maintained = await afterMaintenance(operation, settled);
  const exitCode = exitCodeOf(settled.outcome, settled.error);
  const context = operation.reporter.operation(AbortSignal.timeout(10_000), "end");
  if (!settled.open)
    await journal
      .end(
        {
          outcome: settled.outcome,
          exitCode,
          to: flow.shipment?.id ?? null,
          instances: operation.fleet.members.map(({ id, release: runs, state }) => ({
            id,
            release: runs,
            state,
          })),
        },
        context,
      )
      .catch((error) => operation.reporter.warnError(error, { step: "journal" }));
  const desired = await operation.stores.desired.read(context).catch(() => undefined);
  const record = flow.shipment?.record;
  return resultOf(desk, verb, began, {
    outcome: settled.outcome,
    exitCode,
    run: journal.run,
    release: flow.shipment?.id ?? null,
    from: operation.from,
    revision: record?.revision.id ?? operation.revision?.id ?? null,
    artifact: record?.artifact ?? null,
    desired: desired?.state.release ?? null,
    ...(maintained !== undefined && { maintenance: maintenanceReport(maintained) }),
    instances: operation.fleet.members.map((member) => member.result()),
    ran: operation.ran,
    ...(settled.open && { open: true }),
    next: nextCommands(desk, {
      outcome: settled.outcome,
      run: journal.run,
      open: settled.open,
      error: settled.error,
      crossed: operation.crossed,
      maintained,
    }),
    ...(settled.error !== undefined && { error: settled.error.report() }),
  });
};
