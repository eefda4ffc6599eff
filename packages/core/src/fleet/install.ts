import type { Operation } from "../engine/operation.ts";
import { runPhase } from "./commands.ts";
import type { FleetMember } from "./member.ts";
import { forgetPhase, maySecondStart } from "./second-start.ts";
import type { Shipment } from "./shipment.ts";
import { stage } from "./staging.ts";

const installOnce = async (operation: Operation, member: FleetMember, shipment: Shipment): Promise<void> => {
  const { shared, writable, generated, ownership, install } = operation.plan;
  const release = shipment.id;
  const epoch = operation.lock.epoch;
  await operation.guard();
  await member.openHost.link(
    { epoch, release, shared, writable, generated, ownership },
    operation.context("install", member.id),
  );
  await runPhase(operation, member, install, {
    phase: "install",
    release,
    revision: shipment.record.revision.id,
  });
  await operation.guard();
  await member.openHost.seal({ epoch, release }, operation.context("install", member.id));
};

/**
 * Runs the install plan in the staged release. In a run that was resumed a command that had failed is not
 * answered from its record for ever: the directory is made clean and the install runs once more.
 */
export const install = async (
  operation: Operation,
  member: FleetMember,
  shipment: Shipment,
): Promise<void> => {
  try {
    await installOnce(operation, member, shipment);
  } catch (error) {
    if (!maySecondStart(operation, error)) throw error;
    const context = operation.context("install", member.id);
    await forgetPhase(operation, member, "install", shipment.id);
    await operation.fleet.look(member, context);
    const same = member.survey?.releases.find(({ id }) => id === shipment.id);
    await stage(
      operation,
      member,
      shipment,
      same === undefined ? { method: "full" } : { method: "recycle", base: same },
    );
    await installOnce(operation, member, shipment);
  }
};
