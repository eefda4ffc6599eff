import type { Operation } from "../engine/operation.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { maintenanceErrors } from "../errors/maintenance-codes.ts";
import { appliesTo, type CommandCall, runCommand, runPhase } from "./commands.ts";
import type { FleetMember } from "./member.ts";
import { type Running, Runnings } from "./running.ts";
import type { SwitchTarget } from "./switch.ts";

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
    if (appliesTo(command, member))
      await runCommand(operation, member, command, { ...callOf(running, before), attachOnly: true }).catch(
        (error) => {
          if (!HawserError.is(error, "HWS_HOST_COMMAND_LOST")) throw error;
        },
      );
};

/**
 * Brings what is current on one instance to what is recorded. A release that came with this run knows nothing of maintenance; one
 * that was there before may have been left in the middle of it, and a newcomer may have been put into it beside a run that
 * has ended it since. Costs nothing where the plan knows of none.
 */
export const matchMaintenance = async (
  operation: Operation,
  member: FleetMember,
  { current, revision, plan }: SwitchTarget,
): Promise<void> => {
  if (current === null || current.startsWith("foreign ")) return;
  const { on, off } = plan.maintenance;
  if (on.length + off.length === 0) return;
  const running = { release: current, revision, plan };
  const context = operation.context("maintenance.on", member.id);
  if ((await operation.stores.maintenance.read(context)) !== undefined)
    await maintain(operation, member, running, "on");
  else if (operation.maintained || wasThere(member, current))
    await maintain(operation, member, running, "off");
};

const wasThere = ({ survey }: FleetMember, release: string): boolean =>
  survey?.releases.some(({ id }) => id === release) === true;

/**
 * Before a once command that wants it: recorded first, then turned on wherever a release runs, with the plan of that release. Where
 * nothing runs yet there are no visitors to tell. What a person turned on stays that person's.
 */
export const enterMaintenance = async (
  operation: Operation,
  { name, release }: { readonly name: string; readonly release: string },
): Promise<void> => {
  const { fleet, stores, journal, reporter } = operation;
  const step = "maintenance.on";
  const context = operation.context(step);
  const runnings = new Runnings(operation);
  const serving = fleet.working.filter((member) => member.release !== null);
  if (serving.length === 0) return;
  const why = `once command ${name} of release ${release}`;
  reporter.emit({ type: "step", step, phase: "started", detail: why });
  await operation.guard();
  await stores.maintenance.set({ why, run: journal.run }, context);
  operation.maintained = true;
  const untold = new Set<string>();
  await fleet.each(
    serving,
    async (member) => {
      const running = await runnings.of(member);
      if (running === undefined) return;
      if (running.plan.maintenance.on.length === 0) untold.add(running.release);
      await maintain(operation, member, running, "on");
    },
    context,
  );
  for (const old of untold)
    reporter.warnError(maintenanceErrors.HWS_MAINTENANCE_OPEN([name, old]), { step });
  reporter.emit({ type: "step", step, phase: "done", detail: why });
};

/**
 * Takes out of maintenance what a run has put into it: on every instance with the commands of what it runs, and then in the record.
 * What a person turned on stays. `known` are releases whose plan is at hand.
 */
export const leaveMaintenance = async (operation: Operation, ...known: readonly Running[]): Promise<void> => {
  const { fleet, stores } = operation;
  const context = operation.context("maintenance.off");
  const maintained = await stores.maintenance.read(context);
  if (maintained?.run === undefined) return;
  operation.maintained = true;
  const runnings = new Runnings(operation, ...known);
  await fleet.each(
    fleet.working,
    async (member) => {
      const running = await runnings.of(member);
      if (running !== undefined) await maintain(operation, member, running, "off");
    },
    context,
  );
  await operation.guard();
  await stores.maintenance.clear(context);
};
