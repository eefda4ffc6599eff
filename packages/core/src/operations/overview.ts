import type { OperationContext } from "../contracts/common.ts";
import type { DesiredReport, LockReport, OpenRun, Overview } from "../contracts/overview.ts";
import type { Revision } from "../contracts/source.ts";
import type { ReadingDesk } from "../engine/reading-desk.ts";
import { HawserError } from "../errors/hawser-error.ts";
import type { DesiredState } from "../state/desired.ts";
import { drainReport } from "../state/drains.ts";
import { expiryWarning } from "../state/expiry.ts";
import type { LockState } from "../state/lock.ts";
import { maintenanceReport } from "../state/maintenance.ts";
import type { RunSummary } from "../state/runs.ts";
import { runEntry } from "./history.ts";
import { holdReport } from "./holds.ts";
import { nextCommands } from "./next-commands.ts";
import { isWorkedOn } from "./under-way.ts";

/** So many of the newest runs are told of. */
const newestRuns = 10;

/** What storage says of an environment, by a few small objects. */
export const overview = async (desk: ReadingDesk): Promise<Overview> => {
  const { stores, config, reporter, control } = desk;
  const context = reporter.operation(control.signal, "overview");
  const [desired, runs, lock, hold, maintenance, drains, roster] = await Promise.all([
    unlessDamaged(
      desk,
      stores.desired.read(context).then((found) => found ?? null),
    ),
    unlessDamaged(desk, stores.runs.look({ limit: newestRuns }, context)),
    unlessDamaged(desk, stores.lock.read(context)),
    unlessDamaged(desk, stores.hold.read(context)),
    unlessDamaged(desk, stores.maintenance.read(context)),
    unlessDamaged(desk, stores.drains.list(context)),
    unlessDamaged(desk, stores.roster.read(context)),
  ]);
  const open = runs?.open && openRun(runs.open, lock);
  const told = desired && (await desiredReport(desk, desired.state, runs?.newest ?? [], context));
  const expiry = desired ? expiryWarning(desired.state) : undefined;
  if (expiry !== undefined) reporter.warn(expiry.report());
  return {
    application: config.application,
    environment: config.environment,
    ...(told !== undefined && { desired: told }),
    ...(lock?.state === "held" && { lock: lockReport(lock) }),
    ...(open !== undefined && { open }),
    ...(hold !== undefined && { hold: holdReport(hold) }),
    ...(maintenance !== undefined && { maintenance: maintenanceReport(maintenance) }),
    drains: [...(drains ?? [])]
      .map(([instance, drain]) => ({ instance, ...drainReport(drain) }))
      .sort((a, b) => (a.instance < b.instance ? -1 : 1)),
    instances: roster?.map(({ id, roles }) => ({ id, roles })) ?? null,
    runs: runs?.newest.map(runEntry) ?? [],
    next: nextCommands(desk, {
      outcome: "done",
      run: open?.run ?? null,
      open: open !== undefined && !open.underWay,
      maintained: open?.underWay === true ? undefined : maintenance,
    }),
    warnings: reporter.warnings,
  };
};

/** An object that says nothing readable is told of, and the others all the same; a storage that does not answer is a failure. */
const unlessDamaged = async <T>(
  { reporter, control }: ReadingDesk,
  reading: Promise<T>,
): Promise<T | undefined> => {
  try {
    return await reading;
  } catch (error) {
    if (control.signal.aborted || !HawserError.is(error) || !/^HWS_(STATE|SIGNATURE)_/.test(error.code))
      throw error;
    reporter.warn(error.report());
    return undefined;
  }
};

const openRun = (
  { run, verb, who, from, to, message, started }: RunSummary,
  lock: LockState | undefined,
): OpenRun => ({
  run,
  verb,
  who,
  from,
  to,
  ...(message !== undefined && { message }),
  started,
  underWay: lock !== undefined && isWorkedOn(run, lock),
});

const lockReport = (lock: LockState): LockReport => {
  const { id, verb, owner, run, phase, since, updated, beat, ttlMs } = lock;
  return {
    id,
    verb,
    who: owner.user,
    host: owner.host,
    pid: owner.pid,
    ...(owner.ci !== undefined && { ci: owner.ci }),
    ...(run !== undefined && { run }),
    ...(phase !== undefined && { phase }),
    since,
    confirmed: updated,
    beat,
    ttlMs,
  };
};

const desiredReport = async (
  desk: ReadingDesk,
  { release, version, previous, updated, expires, run }: DesiredState,
  newest: readonly RunSummary[],
  context: OperationContext,
): Promise<DesiredReport> => {
  const { runs, releases } = desk.stores;
  const [mover, stored] = await Promise.all([
    newest.find((each) => each.run === run) ?? runs.get(run, context),
    unlessDamaged(desk, releases.get(release, context)),
  ]);
  return {
    release,
    version,
    previous,
    since: updated * 1000,
    ...(expires !== undefined && { expires: expires * 1000 }),
    run,
    ...(mover !== undefined && movedBy(mover)),
    ...(stored !== undefined && madeOf(stored.record.revision)),
  };
};

const movedBy = ({ verb, who, message }: RunSummary) => ({
  verb,
  who,
  ...(message !== undefined && { message }),
});

const madeOf = ({ id, label, author, url }: Revision) => ({
  revision: id,
  ...(label !== undefined && { label }),
  ...(author !== undefined && { author }),
  ...(url !== undefined && { url }),
});
