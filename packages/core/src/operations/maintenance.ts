import type { OperationContext } from "../contracts/common.ts";
import type { MaintenanceRequest } from "../contracts/engine-requests.ts";
import type { RunResult } from "../contracts/events.ts";
import { type Desk, type LockedDesk, Operation } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { maintenanceErrors } from "../errors/maintenance-codes.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { type Direction, maintain } from "../fleet/maintenance-commands.ts";
import { type Running, Runnings } from "../fleet/running.ts";
import { execId } from "../state/exec-id.ts";
import { type Maintained, maintenanceReport } from "../state/maintenance.ts";
import { RunLog } from "../state/run-log.ts";
import { type DesiredPlace, desiredPlace } from "./desired-place.ts";
import { locked } from "./locked.ts";
import { hawserIn } from "./next-commands.ts";
import { keptReason } from "./reason.ts";
import { exitCodeOf, resultOf } from "./result.ts";
import { openFleet } from "./workplace.ts";

const verb = "maintenance";

/** Maintenance that is being turned on or off by a person. */
interface Turning {
  readonly operation: Operation;
  readonly place: DesiredPlace;
  readonly direction: Direction;
  readonly why: string | undefined;
  /** Under which its output is kept. */
  readonly id: string;
}

/**
 * Turns maintenance on or off by hand, under the lock for a moment. On is recorded before the first instance is told; off when the
 * last one was. What instances run decides which plan's commands run on them.
 */
export const maintenance = async (free: Desk, request: MaintenanceRequest): Promise<RunResult> => {
  const began = performance.now();
  // There is nothing to put back: whoever interrupts wants it to end.
  free.control.onCancel(() => free.control.cancel("stop"));
  return await locked(free, { verb, waitMs: request.waitMs ?? 0, began }, async (desk) => {
    await using fleet = openFleet(desk, true);
    const turning = await begin(desk, fleet, request);
    const { operation } = turning;
    try {
      return await turn(turning, began);
    } finally {
      await operation.log.close().catch((error) => desk.reporter.warnError(error, { step: "log" }));
    }
  });
};

const begin = async (desk: LockedDesk, fleet: Fleet, request: MaintenanceRequest): Promise<Turning> => {
  const context = desk.reporter.operation(desk.control.signal, verb);
  const why = request.reason === undefined ? undefined : keptReason(desk, request.reason);
  const place = await desiredPlace(desk, context);
  const { application, environment } = desk.stores;
  const id = execId();
  const operation = new Operation({
    desk,
    fleet,
    journal: { run: id, entries: () => [], append: async () => {}, end: async () => {} },
    log: new RunLog(desk.providers.storage, application, environment, id),
    plan: place.plan,
    from: place.release,
    resumed: false,
    secrets: place.secrets,
  });
  return { operation, place, direction: request.state, why, id };
};

const turn = async (turning: Turning, began: number): Promise<RunResult> => {
  const { operation, direction } = turning;
  const { fleet, stores, desk } = operation;
  const context = operation.context(verb);
  const before = await stores.maintenance.read(context);
  refuseWithout(turning, before);
  const listed = await fleet.list(context);
  const changed = direction === "on" ? await recordOn(turning, context) : before !== undefined;
  try {
    await fleet.survey(listed, context);
    const failed = await turnEverywhere(turning, context);
    if (failed.length === 0 && direction === "off") await stores.maintenance.clear(context);
    if (changed) await note(turning, context);
    const error =
      failed.length === 0 ? undefined : maintenanceErrors.HWS_MAINTENANCE_FAILED([direction, failed]);
    return await resultFor(turning, began, changed ? "done" : "unchanged", error);
  } catch (thrown) {
    const error = asHawserError(desk.control.signal.aborted ? desk.control.signal.reason : thrown);
    return await resultFor(turning, began, "done", error);
  }
};

/** Nobody goes where no way leads back. What is recorded can be ended where a deploy took all commands away meanwhile. */
const refuseWithout = ({ place, direction }: Turning, before: Maintained | undefined): void => {
  const { on, off } = place.plan.maintenance;
  const lost = on.length + off.length === 0;
  if (direction === "off" && lost && before !== undefined) return;
  for (const [way, commands] of [
    ["on", on],
    ["off", off],
  ] as const)
    if (commands.length === 0 && (direction === "on" || way === "off"))
      throw maintenanceErrors.HWS_MAINTENANCE_NONE([place.release, way]);
};

const recordOn = async ({ operation, why = "" }: Turning, context: OperationContext): Promise<boolean> => {
  await operation.guard();
  return (await operation.stores.maintenance.set({ why }, context)).made;
};

/** Gives where it failed, and who did not answer. */
const turnEverywhere = async (
  { operation, place, direction }: Turning,
  context: OperationContext,
): Promise<string[]> => {
  const { fleet, reporter } = operation;
  const runnings = new Runnings(operation, runningOf(place));
  await fleet
    .each(
      fleet.working,
      async (member) => {
        const running = await runnings.of(member);
        if (running === undefined) return;
        await maintain(operation, member, running, direction);
        reporter.instance(member, direction === "on" ? "maintenance" : "active");
      },
      context,
    )
    .catch((error) => {
      operation.signal.throwIfAborted();
      const failure = asHawserError(error);
      if (failure.code.endsWith("_FENCED")) throw failure;
    });
  return fleet.members.flatMap(({ id, error }) => (error === undefined ? [] : [`${id} (${error.code})`]));
};

const runningOf = ({ release, revision, plan }: DesiredPlace): Running => ({ release, revision, plan });

const note = async ({ operation, direction, why, id }: Turning, context: OperationContext): Promise<void> => {
  const instances = operation.fleet.members.map((member) => member.id);
  await operation.stores.notes.ofEnvironment(
    { verb: `maintenance ${direction}`, ...(why !== undefined && { why }), instances, log: id },
    context,
  );
};

/** Whatever failed, what is recorded at the end is what the result says. */
const resultFor = async (
  { operation, place, direction, id }: Turning,
  began: number,
  outcome: "done" | "unchanged",
  error: HawserError | undefined,
): Promise<RunResult> => {
  const { desk, fleet, stores } = operation;
  const limit = desk.reporter.operation(AbortSignal.timeout(10_000), verb);
  const maintained = await stores.maintenance.read(limit).catch(() => undefined);
  const hawser = hawserIn(desk);
  const again = `maintenance ${direction}${direction === "on" ? " --reason TEXT" : ""}`;
  return resultOf(desk, verb, began, {
    outcome: error === undefined ? outcome : "incomplete",
    release: place.release,
    desired: place.release,
    log: id,
    instances: fleet.members.map((member) => member.result()),
    ...(maintained !== undefined && { maintenance: maintenanceReport(maintained) }),
    ...(error !== undefined && {
      error: error.report(),
      exitCode: exitCodeOf("incomplete", error),
      next: [hawser(`logs ${id}`), hawser(again)],
    }),
  });
};
