import type { InstallPlan } from "../contracts/installer.ts";
import type { Operation } from "../engine/operation.ts";
import { joinAt } from "../fleet/join.ts";
import { matchMaintenance } from "../fleet/maintenance.ts";
import type { FleetMember } from "../fleet/member.ts";
import { activate, check, type SwitchTarget } from "../fleet/switch.ts";
import { type Intent, planOf } from "../operations/open-run.ts";

/** A member that a run had found in, and that is in no more. */
export interface Drained {
  readonly member: FleetMember;
  /** The load balancers that it was in. */
  readonly names: readonly string[];
}

/** Whom a run has taken out and not put in again, by what it wrote down and what the load balancers say now. */
export const drainedBy = (intent: Intent, members: readonly FleetMember[]): Drained[] =>
  members.flatMap((member) => {
    const now = member.before?.balancers ?? {};
    const names = Object.entries(intent.before.get(member.id)?.balancers ?? {}).flatMap(([name, was]) =>
      was === "in" && now[name] !== undefined && now[name] !== "in" ? [name] : [],
    );
    return names.length === 0 || member.drain !== undefined ? [] : [{ member, names }];
  });

/**
 * Puts members that a dead run had taken out in again, with whatever release they run now, if it is well; no `current`
 * is changed. Gives those that are in again; who is not well stays out and is told of.
 */
export const mendDrains = async (
  operation: Operation,
  intent: Intent,
  drained: readonly Drained[],
  /** Release whose `activate` commands may have been cut off: they run once more. */
  unfinished?: string,
): Promise<string[]> => {
  const joined: string[] = [];
  const names = new Map(drained.map((each) => [each.member, each.names]));
  const work = async (member: FleetMember): Promise<void> => {
    const target = await targetOf(operation, intent, member);
    if (target === undefined) return;
    if (target.current !== null && target.current === unfinished) await activate(operation, member, target);
    await matchMaintenance(operation, member, target);
    await check(operation, member, target);
    await joinAt(operation, member, names.get(member) ?? []);
    joined.push(member.id);
  };
  await operation.fleet.each([...names.keys()], work, operation.context("reconcile")).catch((error) => {
    operation.signal.throwIfAborted();
    operation.reporter.warnError(error, { step: "join" });
  });
  return joined;
};

/** What it runs now; undefined when that is nothing. */
const targetOf = async (
  operation: Operation,
  intent: Intent,
  member: FleetMember,
): Promise<SwitchTarget | undefined> => {
  const current = member.before?.current ?? null;
  if (current === null) return undefined;
  if (current.startsWith("foreign ")) return { current, revision: "", plan: operation.plan };
  const context = operation.context("join", member.id);
  const { releases } = operation.stores;
  const plan: InstallPlan =
    current === intent.release && intent.plan !== undefined
      ? await releases.getPlan(intent.plan, context)
      : await planOf(operation, current, context);
  return { current, revision: (await releases.get(current, context))?.record.revision.id ?? "", plan };
};
