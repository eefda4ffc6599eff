import type { Operation } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { summary } from "./balancers.ts";
import { type FleetMember, namesIn } from "./member.ts";
import { shareOf } from "./share.ts";

/** How often the gate asks again whether another member has become healthy. */
const askAgainMs = 500;

/**
 * Decides, one member at a time, whether a member may be taken out: enough others must be in and healthy, counted
 * from what the load balancer says now. The members of a wave share one gate.
 */
export class DrainGate {
  readonly #operation: Operation;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** Takes the member out, or says that it is the last healthy one and stays in. Gives whether it is out. */
  drain(member: FleetMember): Promise<boolean> {
    const turn = this.#turn.then(() => this.#decide(member));
    this.#turn = turn.catch(() => undefined);
    return turn.then(async (out) => {
      if (out) await takeOut(this.#operation, member, namesIn(member, "in"));
      return out;
    });
  }

  async #decide(member: FleetMember): Promise<boolean> {
    const { rollout } = this.#operation.desk.config;
    const carried = this.#operation.fleet.members.filter(({ instance }) =>
      this.#operation.desk.providers.balancers.carries(instance),
    );
    const least = Math.max(1, shareOf(rollout.minHealthy, carried.length, 0));
    const since = Date.now();
    const until = since + rollout.drainTimeoutMs;
    let told = false;
    while (!(await this.#enoughWithout(member, carried, least))) {
      // Only members of this run that are on their way back can change the answer.
      const coming = this.#operation.drained().filter((id) => id !== member.id);
      if (coming.length === 0 || Date.now() > until) return this.#last(member, least);
      if (!told)
        this.#operation.reporter.waiting("another member to be healthy before draining", since, until, [
          member.id,
        ]);
      told = true;
      this.#operation.control.checkpoint();
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
    this.#operation.reporter.instance(member, "draining");
    return true;
  }

  #last(member: FleetMember, least: number): boolean {
    const { drain } = this.#operation.desk.config.rollout;
    const error = engineErrors.HWS_ROLLOUT_LAST_MEMBER([member.id, least], {
      instance: member.id,
      step: "drain",
    });
    if (drain === "always" || least > 1) throw error;
    this.#operation.reporter.warn({
      code: "HWS_ROLLOUT_LAST_MEMBER",
      message: `${member.id} is the last healthy member and is switched without draining`,
      instance: member.id,
      step: "drain",
    });
    return false;
  }

  async #enoughWithout(
    member: FleetMember,
    carried: readonly FleetMember[],
    least: number,
  ): Promise<boolean> {
    const { balancers } = this.#operation.desk.providers;
    const states = await balancers.states(
      carried.map(({ instance }) => instance),
      this.#operation.context("drain"),
    );
    const others = carried.filter(({ id, state }) => id !== member.id && state !== "draining");
    const serving = others.filter(({ id }) => {
      const membership = states.get(id);
      return (
        membership !== undefined && membership.healthy !== "no" && summary(membership.balancers) === "in"
      );
    });
    const own = states.get(member.id);
    // A member that serves nobody can always be taken out.
    if (own !== undefined && own.healthy === "no") return true;
    return serving.length >= least;
  }
}

/** Takes a member out of the named load balancers and returns when nobody is served by it any more. */
export const takeOut = async (
  operation: Operation,
  member: FleetMember,
  names: readonly string[],
): Promise<void> => {
  const { rollout } = operation.desk.config;
  await operation.guard();
  // Also a drain that does not end is one that must be put back.
  member.takenOut = true;
  const since = Date.now();
  const note = setTimeout(
    () =>
      operation.reporter.waiting("open requests to end", since, since + rollout.drainTimeoutMs, [member.id]),
    2_000,
  );
  try {
    await operation.desk.providers.balancers.ensure(
      {
        instance: member.instance,
        state: "out",
        drainTimeoutMs: rollout.drainTimeoutMs,
        onDrainTimeout: rollout.onDrainTimeout,
      },
      names,
      operation.context("drain", member.id),
    );
  } finally {
    clearTimeout(note);
  }
  member.loadBalancer = "out";
  operation.reporter.instance(member);
};
