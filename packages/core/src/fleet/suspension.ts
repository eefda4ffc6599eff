import type { Suspension } from "../contracts/inventory.ts";
import type { Operation } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import type { RunRecord } from "../state/journal.ts";

const suspendStep = "suspend";
const restoreStep = "restore";

/** How long giving back may take when a run ends; a run that was stopped has a moment only. */
const restoreMs = 60_000;
const stoppedMs = 2_500;

/** What a run recorded that it would suspend and has not given back, whoever was its deployer then. */
export const outstandingSuspension = (journal: Pick<RunRecord, "entries">): Suspension | undefined => {
  let outstanding: Suspension | undefined;
  for (const entry of journal.entries()) {
    if (entry.kind !== "step") continue;
    const recorded = entry.facts?.suspension;
    if (entry.step === suspendStep && typeof recorded === "object" && recorded !== null)
      outstanding = recorded as Suspension;
    if (entry.step === restoreStep && entry.phase === "done") outstanding = undefined;
  }
  return outstanding;
};

/**
 * Keeps the fleet from changing by itself while the run changes it. What is suspended is recorded before it is: whoever
 * ends the run gives back exactly that. A run that is resumed suspends what it recorded, since it may have died before it did.
 */
export const suspend = async (operation: Operation): Promise<void> => {
  const { journal, desk } = operation;
  const { inventory } = desk.providers;
  if (inventory.suspendable === undefined || inventory.suspend === undefined) return;
  const context = operation.context(suspendStep);
  const recorded = outstandingSuspension(journal);
  const suspension = recorded ?? (await inventory.suspendable(context));
  if (suspension === undefined) return;
  if (recorded === undefined)
    await journal.append({ step: suspendStep, phase: "intent", facts: { suspension } }, context);
  await operation.guard();
  await inventory.suspend({ suspension }, context);
  await journal.append({ step: suspendStep, phase: "done" }, context);
  operation.reporter.emit({ type: "step", step: suspendStep, phase: "done", detail: shown(suspension) });
};

/** Gives back what the run suspended, whatever its outcome. Gives why it could not: then the run has to stay open. */
export const restore = async (
  operation: Pick<Operation, "journal" | "desk" | "reporter" | "control" | "lock">,
): Promise<HawserError | undefined> => {
  const { journal, desk, reporter, control, lock } = operation;
  const suspension = outstandingSuspension(journal);
  if (suspension === undefined) return undefined;
  // Whoever took the lock over ends the run, and gives back.
  if (lock.lost.aborted) return engineErrors.HWS_SUSPEND_LEFT([shown(suspension), "the lock is lost"]);
  const limit = AbortSignal.timeout(control.asked === "stop" ? stoppedMs : restoreMs);
  const context = {
    ...reporter.operation(limit, restoreStep),
    confirm: () => lock.confirm(reporter.operation(limit, restoreStep), { giveUpMs: restoreMs }),
  };
  try {
    const { inventory } = desk.providers;
    if (inventory.restore === undefined) throw new Error("the inventory of this config cannot give it back");
    await inventory.restore({ suspension }, context);
    await journal.append({ step: restoreStep, phase: "done" }, context);
    reporter.emit({ type: "step", step: restoreStep, phase: "done", detail: shown(suspension) });
    return undefined;
  } catch (error) {
    const why = asHawserError(error);
    return engineErrors.HWS_SUSPEND_LEFT([shown(suspension), why.message], { cause: why });
  }
};

const shown = (suspension: Suspension): string => JSON.stringify(suspension).slice(0, 500);
