import type { OperationContext } from "../contracts/common.ts";
import type { Instance } from "../contracts/inventory.ts";
import type { EnsureRequest, LoadBalancer, MemberState } from "../contracts/load-balancer.ts";

/** One named load balancer with the roles it carries. */
export interface NamedBalancer {
  readonly name: string;
  readonly balancer: LoadBalancer;
  readonly roles: readonly string[] | undefined;
}

/** What all load balancers say of one instance. */
export interface Membership {
  readonly balancers: Readonly<Record<string, MemberState>>;
  readonly healthy: "yes" | "no" | "unknown";
  /** What each says of its health, by the block's name. */
  readonly health: Readonly<Record<string, Health>>;
}

type Health = "yes" | "no" | "unknown";

const worst: readonly MemberState[] = ["absent", "out", "draining", "in"];

/** The one state that a person sees when several load balancers carry an instance. */
export const summary = (states: Readonly<Record<string, MemberState>>): MemberState | undefined => {
  const present = Object.values(states);
  return present.length === 0 ? undefined : worst.find((state) => present.includes(state));
};

/** All load balancers of an environment, asked as one; each carries only the instances of its roles. */
export class Balancers {
  readonly #named: readonly NamedBalancer[];

  constructor(named: readonly NamedBalancer[]) {
    this.#named = named;
  }

  /** The same load balancers, each with a decorator round it. */
  each(decorate: (balancer: LoadBalancer) => LoadBalancer): Balancers {
    return new Balancers(
      this.#named.map((named) => ({ ...named, balancer: decorate(named.balancer) })),
    );
  }

  get any(): boolean {
    return this.#named.length > 0;
  }

  #carrying(instance: Instance): readonly NamedBalancer[] {
    return this.#named.filter(
      ({ roles }) => roles === undefined || instance.roles.some((role) => roles.includes(role)),
    );
  }

  carries(instance: Instance): boolean {
    return this.#carrying(instance).length > 0;
  }

  async states(
    instances: readonly Instance[],
    context: OperationContext,
  ): Promise<ReadonlyMap<string, Membership>> {
    const found = new Map<
      string,
      { balancers: Record<string, MemberState>; healthy: Health; health: Record<string, Health> }
    >();
    for (const named of this.#named) {
      const carried = instances.filter((instance) => this.#carrying(instance).includes(named));
      if (carried.length === 0) continue;
      for (const member of await named.balancer.states({ instances: carried }, context)) {
        const entry = found.get(member.instance) ?? { balancers: {}, healthy: "yes" as const, health: {} };
        entry.balancers[named.name] = member.state;
        entry.health[named.name] = member.healthy;
        if (member.healthy === "no" || (member.healthy === "unknown" && entry.healthy === "yes"))
          entry.healthy = member.healthy;
        found.set(member.instance, entry);
      }
    }
    return found;
  }

  /** Brings the instance to a state in the named load balancers, or in all that carry it. */
  async ensure(
    request: EnsureRequest,
    names: readonly string[] | undefined,
    context: OperationContext,
  ): Promise<void> {
    const asked = this.#carrying(request.instance).filter(({ name }) => names?.includes(name) ?? true);
    await Promise.all(asked.map(({ balancer }) => balancer.ensure(request, context)));
  }
}
