import type { Operation } from "../engine/operation.ts";
import { appliesTo, awaitStarted, type CommandCall, runPhase } from "./commands.ts";
import type { FleetMember } from "./member.ts";
import type { Running } from "./running.ts";

export type Direction = "on" | "off";

const other = { on: "off", off: "on" } as const;
/** Their records are no run's: whoever comes next must find what somebody who died has left running. */
const records = "maintenance.";

const callOf = (running: Running, direction: Direction): CommandCall => ({
  phase: `maintenance.${direction}`,
  release: running.release,
  revision: running.revision,
  plan: running.plan,
  inCurrent: true,
  records: `${records}${direction}.${running.release}.`,
});

/**
 * Runs the plan's commands for one way on one instance, in the release that it runs. They run each time, whatever ran before; one
 * that a dead deployer left running is waited for, so that what was asked for last is what is.
 */
export const maintain = async (
  operation: Operation,
  member: FleetMember,
  running: Running,
  direction: Direction,
): Promise<void> => {
  const commands = running.plan.maintenance[direction];
  if (!commands.some((command) => appliesTo(command, member))) return;
  await forgetEnded(operation, member, direction);
  await awaitOther(operation, member, running, direction);
  await runPhase(operation, member, commands, callOf(running, direction));
  await forgetEnded(operation, member, direction);
};

/** What ended is not answered for again. */
const forgetEnded = async (
  operation: Operation,
  member: FleetMember,
  direction: Direction,
): Promise<void> => {
  await operation.guard();
  const context = operation.context(`maintenance.${direction}`, member.id);
  await member.openHost.forget({ epoch: operation.lock.epoch, prefix: records }, context);
};

/** A command for the other way that still runs would have the last word. */
const awaitOther = async (
  operation: Operation,
  member: FleetMember,
  running: Running,
  direction: Direction,
): Promise<void> => {
  const before = other[direction];
  for (const command of running.plan.maintenance[before])
    if (appliesTo(command, member)) await awaitStarted(operation, member, command, callOf(running, before));
};
