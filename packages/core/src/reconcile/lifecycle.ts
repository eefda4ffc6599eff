import type { Operation } from "../engine/operation.ts";
import type { FleetMember } from "../fleet/member.ts";

/** Autoscaling services give an hour by default and some a minute; twice within the shortest is asked for more. */
const beatMs = 30_000;

/** Works on an instance; one that is starting is given more time meanwhile, and is said to be ready afterwards. */
export const underWay = async (
  operation: Operation,
  member: FleetMember,
  work: () => Promise<void>,
): Promise<void> => {
  const { instance } = member;
  const { inventory } = operation.desk.providers;
  if (instance.lifecycle !== "starting") return await work();
  const beat = (): void => {
    inventory
      .heartbeat?.({ instance }, operation.context("heartbeat", member.id))
      .catch((error) => operation.reporter.warnError(error, { instance: member.id, step: "heartbeat" }));
  };
  beat();
  const beating = setInterval(beat, beatMs);
  beating.unref();
  try {
    await work();
  } finally {
    clearInterval(beating);
  }
  await inventory.complete?.({ instance, result: "ready" }, operation.context("complete", member.id));
};
