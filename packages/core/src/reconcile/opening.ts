import { userInfo } from "node:os";
import { keepEventsOf } from "../engine/kept-events.ts";
import { type LockedDesk, Operation } from "../engine/operation.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { retentionOf } from "../fleet/retention.ts";
import { artifactsDirectory } from "../operations/workplace.ts";
import type { DesiredState } from "../state/desired.ts";
import { Journal, type RunRecord } from "../state/journal.ts";
import { RunLog } from "../state/run-log.ts";
import { runId } from "../state/runs.ts";
import { openShipment } from "../steps/flow.ts";
import { refuseYoungStorage } from "../steps/survey-step.ts";
import { Mending } from "./mending.ts";

/** Opens an operation that brings instances to what is desired, with the plan that is desired: never the config's. */
export const openMending = async (
  desk: LockedDesk,
  fleet: Fleet,
  desired: DesiredState,
  parts: {
    readonly journal: RunRecord;
    /** The run whose log has what their commands say. */
    readonly logged: string;
    readonly isDesired?: () => Promise<boolean>;
  },
): Promise<Mending> => {
  const { stores, reporter } = desk;
  const context = reporter.operation(desk.control.signal, "reconcile");
  const { application, environment } = stores;
  const [plan, shipment] = await Promise.all([
    stores.releases.getPlan(desired.plan, context),
    openShipment(desk, artifactsDirectory(desk), desired.release, context),
  ]);
  const operation = new Operation({
    desk,
    fleet,
    journal: parts.journal,
    log: new RunLog(desk.providers.storage, application, environment, parts.logged),
    plan,
    planDigest: desired.plan,
    from: desired.release,
    resumed: false,
    secrets: desk.providers.installer.secrets?.() ?? {},
  });
  // An instance that was away may have been left in maintenance that ended meanwhile.
  operation.maintained = true;
  const retention = await retentionOf(desk, fleet.members, [desired.release], context);
  const { isDesired } = parts;
  return new Mending({ operation, shipment, retention, ...(isDesired !== undefined && { isDesired }) });
};

/** The journal of a turn under the environment's lock. */
export const startJournal = async (desk: LockedDesk, desired: DesiredState): Promise<Journal> => {
  const { stores, reporter, lock } = desk;
  const journal = await Journal.start(
    stores.storage,
    stores.application,
    stores.environment,
    {
      run: runId(lock.epoch),
      epoch: lock.epoch,
      verb: "reconcile",
      who: userInfo().username,
      from: desired.release,
      to: desired.release,
      facts: { release: desired.release, plan: desired.plan },
    },
    reporter.operation(desk.control.signal, "journal"),
  );
  lock.update({ run: journal.run });
  keepEventsOf(desk, journal.run);
  reporter.emit({ type: "run", run: journal.run, resumed: false, from: desired.release });
  return journal;
};

/** An older storage than the fleet has seen would take the fleet back. */
export const refuseYounger = async ({ operation }: Mending): Promise<void> =>
  await refuseYoungStorage({ operation, request: {} });
