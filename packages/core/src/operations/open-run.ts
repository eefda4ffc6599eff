import type { OperationContext } from "../contracts/common.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import type { Revision } from "../contracts/source.ts";
import type { LockedDesk, Operation } from "../engine/operation.ts";
import type { LeftRelease } from "../fleet/left-release.ts";
import type { Before, FleetMember } from "../fleet/member.ts";
import { type PutBackPlan, putBack } from "../fleet/put-back.ts";
import type { SwitchTarget } from "../fleet/switch.ts";
import { Journal } from "../state/journal.ts";
import { hasStarted } from "../state/once.ts";
import type { RunSummary } from "../state/runs.ts";
import { isCrossing } from "../steps/consent.ts";

/** What the journal of a run says that it meant; facts about instances are always read from them. */
export interface Intent {
  readonly revision: Revision | undefined;
  readonly release: string | undefined;
  readonly plan: string | undefined;
  readonly before: ReadonlyMap<string, Before>;
  /** Whether a wave had begun: then instances may have been drained or switched. */
  readonly waves: boolean;
}

/** The journal of an open run, under the epoch of who goes on with it, and what it says was meant. */
export const openIntent = async (
  { stores, lock }: LockedDesk,
  { run }: RunSummary,
  context: OperationContext,
): Promise<{ readonly journal: Journal; readonly intent: Intent }> => {
  const { storage, application, environment } = stores;
  const journal = await Journal.open(storage, application, environment, run, context, lock.epoch);
  return { journal, intent: intentOf(journal) };
};

/** Reads a run's intent; an object that was lost leaves its facts unknown and blocks nothing. */
export const intentOf = (journal: Journal): Intent => {
  let revision: Revision | undefined;
  let release: string | undefined;
  let plan: string | undefined;
  let waves = false;
  const before = new Map<string, Before>();
  for (const entry of journal.entries()) {
    if (entry.kind === "end") continue;
    if (entry.kind === "step" && entry.step.startsWith("wave-")) waves = true;
    const { facts } = entry;
    if (facts === undefined) continue;
    if (typeof facts.revision === "object") revision = facts.revision as Revision;
    if (typeof facts.release === "string") release = facts.release;
    if (typeof facts.plan === "string") plan = facts.plan;
    for (const [id, was] of Object.entries((facts.before as Record<string, Before>) ?? {})) {
      // A run that was resumed journals newcomers again; what an instance was at first is what counts.
      if (!before.has(id)) before.set(id, was);
    }
  }
  return { revision, release, plan, before, waves };
};

/** The release that was desired when a run began. */
export const fromOf = (journal: Journal): string | null => {
  const start = journal.entries().find(({ kind }) => kind === "start");
  return start?.kind === "start" ? start.from : null;
};

/** What a run that is gone on with has started once, whoever was its deployer then. */
export const recallOnce = async (operation: Operation): Promise<void> => {
  const records = await operation.stores.once.list(operation.context("once"));
  for (const record of records)
    if (record.run === operation.journal.run && hasStarted(record))
      operation.noteOnce({ name: record.name, compatible: !isCrossing(record) }, record.instance);
};

/** The plan that a release last ran with here, or the config's when it never did. */
export const planOf = async (
  operation: Operation,
  release: string,
  context: OperationContext,
): Promise<InstallPlan> => {
  const mark = await operation.stores.marks.read(release, context);
  return mark === undefined ? operation.plan : await operation.stores.releases.getPlan(mark.plan, context);
};

const targetOf = async (
  operation: Operation,
  member: FleetMember,
  context: OperationContext,
): Promise<SwitchTarget> => {
  const current = member.before?.current ?? null;
  if (current === null || current.startsWith("foreign "))
    return { current, revision: "", plan: operation.plan };
  const found = await operation.stores.releases.get(current, context);
  return {
    current,
    revision: found?.record.revision.id ?? "",
    plan: await planOf(operation, current, context),
  };
};

/** How the instances of an operation are put back as they were before it. */
export const putBackPlan = (operation: Operation, from: LeftRelease): PutBackPlan => ({
  from,
  targetOf: async (member) => await targetOf(operation, member, operation.context("put back", member.id)),
});

/** Puts an operation's instances back; gives what could not be. */
export const putOperationBack = async (operation: Operation, release: string, revision: string) =>
  await putBack(operation, putBackPlan(operation, { release, revision, plan: operation.plan }));
