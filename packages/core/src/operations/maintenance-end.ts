import type { Operation } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { maintenanceErrors } from "../errors/maintenance-codes.ts";
import { asStep, leaveMaintenance } from "../fleet/maintenance.ts";
import type { Maintained } from "../state/maintenance.ts";

const step = "maintenance.off";
/** No result waits longer for what it only tells; whoever stopped a run waits for a moment only. */
const readLimitMs = 10_000;
const stoppedMs = 1_000;

/** What is recorded, for a result; undefined also where storage does not say. */
export const maintainedNow = async (operation: Operation): Promise<Maintained | undefined> => {
  const { reporter, control } = operation;
  const limit = AbortSignal.timeout(control.asked === "stop" ? stoppedMs : readLimitMs);
  const context = reporter.operation(limit, step);
  return await operation.stores.maintenance.read(context).catch(() => undefined);
};

/**
 * After a run whose instances run what they ran before it: what a run has put into maintenance leaves it. Where a once command
 * has started that what runs may not run after, it stays on unless somebody consented. A failure is a warning and leaves the
 * record. Gives what is recorded then.
 */
export const endMaintenance = async (
  operation: Operation,
  consented = false,
): Promise<Maintained | undefined> => {
  const { reporter, crossed } = operation;
  const found = await maintainedNow(operation);
  if (found?.run === undefined) return found;
  if (crossed !== undefined && !consented) {
    reporter.warnError(maintenanceErrors.HWS_MAINTENANCE_KEPT([crossed]), { step });
    return found;
  }
  try {
    await asStep(reporter, step, () => leaveMaintenance(operation));
    return undefined;
  } catch (error) {
    const why = asHawserError(error);
    const { instance, output } = why;
    const left = maintenanceErrors.HWS_MAINTENANCE_LEFT([why.message], {
      cause: why,
      ...(instance !== undefined && { instance }),
      ...(output !== undefined && { output }),
    });
    reporter.warnError(left, { step });
    return await maintainedNow(operation);
  }
};
