import type { Operation } from "../engine/operation.ts";
import { Wait } from "../engine/wait.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Membership } from "./balancers.ts";
import { ensureRequest } from "./ensure-request.ts";
import { type FleetMember, namesIn, namesOf } from "./member.ts";
import { type Shortage, shortageWithout } from "./serving.ts";

/** How often the gate asks again whether another member has become healthy. */
const askAgainMs = 500;

/**
 * Decides, one member at a time, whether a member may be taken out: enough others must be in and healthy, counted
 * from what the load balancer says now. The members of a wave share one gate, and those who wait for their turn at the
 * same time share a look: else a wave would last as long as all looks one after the other.
 */
export class DrainGate {
  readonly #operation: Operation;
  #turn: Promise<unknown> = Promise.resolve();
  /** For those who ask before it began. */
  #nextLook: SharedSight | undefined;
  /** The wait of the member that is decided on. */
  readonly #wait: Wait;

  constructor(operation: Operation) {
    this.#operation = operation;
    this.#wait = new Wait(operation.reporter);
  }

  /** Takes the member out, or says that it is the last healthy one and stays in. Gives whether it is out. */
  drain(member: FleetMember): Promise<boolean> {
    this.#nextLook ??= {};
    const look = this.#nextLook;
    const turn = this.#turn.then(() => this.#decide(member, look)).finally(() => this.#wait.over());
    this.#turn = turn.catch(() => undefined);
    return turn.then(async (out) => {
      if (out) await takeOut(this.#operation, member, member.takenFrom);
      return out;
    });
  }

  async #decide(member: FleetMember, look: SharedSight): Promise<boolean> {
    const { rollout } = this.#operation.desk.config;
    const since = Date.now();
    const until = since + rollout.drainTimeoutMs;
    for (;;) {
      look.seen ??= await this.#look();
      const { states, drained } = look.seen;
      const away = new Set([...drained, ...this.#going()]);
      member.takenFrom = servedIn(member, states.get(member.id));
      if (member.takenFrom.length === 0) return false;
      const shortage = shortageWithout({ ids: new Set([member.id]), away }, states, rollout.minHealthy);
      if (shortage === undefined) break;
      // Only members of this run that are on their way back can change the answer.
      const coming = this.#operation.drained().filter((id) => id !== member.id);
      if (coming.length === 0 || Date.now() > until) return this.#last(member, shortage);
      if (!this.#wait.isTold)
        this.#wait.tell("another member to be healthy before draining", since, until, [member.id]);
      this.#operation.control.checkpoint();
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
      look.seen = undefined;
    }
    this.#operation.reporter.instance(member, "draining");
    return true;
  }

  #last(member: FleetMember, { least }: Shortage): boolean {
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

  /** Who is on the way out, by this run's own decisions up to now: they count no more, whatever a look has seen. */
  #going(): string[] {
    return this.#operation.fleet.members.filter(({ state }) => state === "draining").map(({ id }) => id);
  }

  /** What the load balancers say now, and who was drained by a person: these count no more. */
  async #look(): Promise<Seen> {
    this.#nextLook = undefined;
    const { desk, stores, fleet } = this.#operation;
    const context = this.#operation.context("drain");
    const { balancers } = desk.providers;
    const carried = fleet.members.filter(({ instance }) => balancers.carries(instance));
    const [states, drained] = await Promise.all([
      balancers.states(
        carried.map(({ instance }) => instance),
        context,
      ),
      stores.drains.ids(context),
    ]);
    return { states, drained };
  }
}

interface Seen {
  readonly states: ReadonlyMap<string, Membership>;
  readonly drained: ReadonlySet<string>;
}

/** What one look showed several members; none when they must look anew. */
interface SharedSight {
  seen?: Seen | undefined;
}

/** The load balancers that it is taken out of: those it was in before the run, and those it has come into since. */
const servedIn = (member: FleetMember, now: Membership | undefined): string[] => [
  ...new Set([...namesIn(member, "in"), ...namesOf(now?.balancers ?? {}, "in")]),
];

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
  const wait = new Wait(operation.reporter);
  const note = setTimeout(
    () => wait.tell("open requests to end", since, since + rollout.drainTimeoutMs, [member.id]),
    2_000,
  );
  try {
    await operation.desk.providers.balancers.ensure(
      ensureRequest(rollout, member.instance, "out"),
      names,
      operation.context("drain", member.id),
    );
  } finally {
    clearTimeout(note);
    wait.over();
  }
  member.loadBalancer = "out";
  operation.reporter.instance(member);
};
