import type { MemberState } from "../contracts/load-balancer.ts";
import type { Operation } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { takeOut } from "./drain-gate.ts";
import { ensureRequest } from "./ensure-request.ts";
import { type FleetMember, namesIn } from "./member.ts";

/*
 * A load balancer may forget what was set at run time: HAProxy does when it is reloaded without a file of its servers'
 * states. What a run did there is therefore looked at again where it counts: before a drained member is switched, before
 * it joins, and once more at the end.
 */

/** The load balancers, of those the run took a member out of, that send it requests again. */
const readmitting = async (operation: Operation, member: FleetMember, step: string): Promise<string[]> => {
  const names = namesIn(member, "in");
  if (!member.takenOut || names.length === 0) return [];
  const { balancers } = operation.desk.providers;
  const states = await balancers.states([member.instance], operation.context(step, member.id));
  return names.filter((name) => states.get(member.id)?.balancers[name] === "in");
};

const tell = (operation: Operation, member: FleetMember, names: readonly string[], when: string): void =>
  operation.reporter.warnError(engineErrors.HWS_ROLLOUT_READMITTED([member.id, names, when]), {
    instance: member.id,
    step: "drain",
  });

/** Directly before a drained member is switched: takes it out again where it was let back in, and says so. */
export const keepOut = async (operation: Operation, member: FleetMember): Promise<void> => {
  const names = await readmitting(operation, member, "drain");
  if (names.length === 0) return;
  tell(operation, member, names, "before it was switched");
  await takeOut(operation, member, names);
};

/**
 * Directly before a member joins: says where it was let in while it was being switched. A load balancer that cannot be
 * asked is no reason not to try: joining says what is wrong.
 */
export const tellReadmitted = async (operation: Operation, member: FleetMember): Promise<void> => {
  const names = await readmitting(operation, member, "join").catch(() => {
    operation.signal.throwIfAborted();
    return [];
  });
  if (names.length > 0) tell(operation, member, names, "while it was switched");
};

const namesWhere = (
  states: Readonly<Record<string, MemberState>>,
  among: readonly string[],
  fits: (state: MemberState) => boolean,
): string[] => among.filter((name) => states[name] !== undefined && fits(states[name]));

/** As `lookAll`; the release is in service, and what could not be seen of load balancers is a warning. */
export const lookAgain = async (operation: Operation): Promise<void> => {
  try {
    await lookAll(operation);
  } catch (error) {
    operation.signal.throwIfAborted();
    operation.reporter.warnError(error, { step: "join" });
  }
};

/**
 * After the last wave: what the load balancers say is what counts. A member that was joined and is unknown now is joined
 * again; one that is out now was taken out by a person, and one that a person had out may have been let in: both are told.
 * Whom a person drained is out by intent.
 */
const lookAll = async (operation: Operation): Promise<void> => {
  const { balancers } = operation.desk.providers;
  const drained = await operation.stores.drains.ids(operation.context("join"));
  const members = operation.fleet.working.filter(
    ({ id, instance }) => balancers.carries(instance) && !drained.has(id),
  );
  if (members.length === 0) return;
  const states = await balancers.states(
    members.map(({ instance }) => instance),
    operation.context("join"),
  );
  for (const member of members) {
    const now = states.get(member.id)?.balancers ?? {};
    const where = { instance: member.id, step: "join" };
    const lost = namesWhere(now, member.joined, (state) => state === "absent");
    const left = namesWhere(now, member.joined, (state) => state === "out" || state === "draining");
    const others = [...namesIn(member, "out"), ...namesIn(member, "draining")];
    const admitted = namesWhere(
      now,
      others.filter((name) => !member.joined.includes(name)),
      (state) => state === "in",
    );
    if (left.length > 0)
      operation.reporter.warnError(engineErrors.HWS_ROLLOUT_LEFT([member.id, left]), where);
    if (admitted.length > 0) tell(operation, member, admitted, "although it was out before the run");
    if (lost.length === 0) continue;
    operation.reporter.warnError(engineErrors.HWS_ROLLOUT_FORGOTTEN([member.id, lost]), where);
    await operation.guard();
    await balancers.ensure(
      ensureRequest(operation.desk.config.rollout, member.instance, "in"),
      lost,
      operation.context("join", member.id),
    );
  }
};
