import type { Operation } from "../engine/operation.ts";
import { asHawserError, type Reporter } from "../engine/reporter.ts";
import { maintenanceErrors } from "../errors/maintenance-codes.ts";
import { type Direction, maintain } from "./maintenance-commands.ts";
import type { FleetMember } from "./member.ts";
import { type Running, Runnings } from "./running.ts";
import type { SwitchTarget } from "./switch.ts";

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
  if (fleet.working.every((member) => member.release === null)) return;
  const why = `once command ${name} of release ${release}`;
  const untold = new Set<string>();
  await asStep(reporter, step, async () => {
    await operation.guard();
    await stores.maintenance.set({ why, run: journal.run }, operation.context(step));
    operation.maintained = true;
    await everywhere(operation, "on", new Runnings(operation), ({ plan, release: old }) => {
      if (plan.maintenance.on.length === 0) untold.add(old);
    });
  });
  const silent = fleet.members.filter(({ state }) => state === "unreachable").map(({ id }) => id);
  if (silent.length > 0)
    reporter.warnError(maintenanceErrors.HWS_MAINTENANCE_UNTOLD([name, silent]), { step });
  for (const old of untold) reporter.warnError(maintenanceErrors.HWS_MAINTENANCE_OPEN([name, old]), { step });
};

/**
 * Takes out of maintenance what a run has put into it: on every instance with the commands of what it runs, and then in the record.
 * What a person turned on stays. `known` are releases whose plan is at hand.
 */
export const leaveMaintenance = async (operation: Operation, ...known: readonly Running[]): Promise<void> => {
  const { stores } = operation;
  const context = operation.context("maintenance.off");
  const maintained = await stores.maintenance.read(context);
  if (maintained?.run === undefined) return;
  operation.maintained = true;
  await everywhere(operation, "off", new Runnings(operation, ...known));
  await operation.guard();
  await stores.maintenance.clear(context);
};

/** Tells those the run works on, and those that came since it looked: a watch brings newcomers up beside it, and they serve. */
const everywhere = async (
  operation: Operation,
  direction: Direction,
  runnings: Runnings,
  hear: (running: Running) => void = () => {},
): Promise<void> => {
  const { fleet } = operation;
  const context = operation.context(`maintenance.${direction}`);
  const tell = async (member: FleetMember): Promise<void> => {
    const running = await runnings.of(member);
    if (running === undefined) return;
    hear(running);
    await maintain(operation, member, running, direction);
  };
  await fleet.each(fleet.working, tell, context);
  await using others = fleet.aside();
  const newcomers = (await others.list(context)).filter(({ id }) => fleet.get(id) === undefined);
  await others.survey(newcomers, context);
  const answering = newcomers.filter(({ reachable }) => reachable);
  await others.each(answering, tell, context);
};

/** Told of as a step, although it is none of the table. */
export const asStep = async (reporter: Reporter, step: string, work: () => Promise<void>): Promise<void> => {
  reporter.emit({ type: "step", step, phase: "started" });
  try {
    await work();
  } catch (error) {
    reporter.emit({ type: "step", step, phase: "failed", detail: asHawserError(error).message });
    throw error;
  }
  reporter.emit({ type: "step", step, phase: "done" });
};
