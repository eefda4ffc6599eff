import {
  type EnsureRequest,
  type Instance,
  inStep,
  type LoadBalancer,
  type Member,
  type OperationContext,
  type Problem,
} from "@hawser/core/plugin";
import { aimIn, aimOut, refuseEarly } from "./aims.ts";
import type { Roster } from "./roster.ts";
import { type Aim, settle } from "./settle.ts";
import { type Standing, worst } from "./standing.ts";

/**
 * The members of one target group or several in step, or of a classic load balancer. AWS knows no member that is
 * registered and takes nothing: who is out is not registered. Whom this took out is told from whom it never knew by
 * its own memory; to another process both are absent.
 */
export class AwsLoadBalancer implements LoadBalancer {
  readonly #rosters: readonly Roster[];
  readonly #readyTimeoutMs: number;
  readonly #takenOut = new Set<string>();

  constructor(rosters: readonly Roster[], readyTimeoutMs: number) {
    this.#rosters = rosters;
    this.#readyTimeoutMs = readyTimeoutMs;
  }

  async states(
    { instances }: { readonly instances: readonly Instance[] },
    context: OperationContext,
  ): Promise<readonly Member[]> {
    const looks = await Promise.all(this.#rosters.map((roster) => roster.look(instances, context)));
    return instances.map((instance, at) =>
      this.#memberOf(
        instance,
        looks.flatMap((standings) => standings[at] ?? []),
      ),
    );
  }

  async ensure(request: EnsureRequest, context: OperationContext): Promise<Member> {
    const { instance, state } = request;
    const aims = await this.#aims(request, context);
    const tasks = this.#rosters.map((roster, at) => (inner: OperationContext) => {
      // From the first change on: a drain that is broken off has taken it out all the same.
      if (state === "out") this.#takenOut.add(instance.id);
      return settle(roster, instance, aims[at] as Aim, inner);
    });
    const settled = await inStep(tasks, context);
    if (state !== "out") this.#takenOut.delete(instance.id);
    return this.#memberOf(instance, settled);
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return (await Promise.all(this.#rosters.map((roster) => roster.check(context)))).flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#rosters.map((roster) => roster[Symbol.asyncDispose]()));
  }

  /** All groups are asked, and what cannot work is found, before any is changed. */
  async #aims(request: EnsureRequest, context: OperationContext): Promise<readonly Aim[]> {
    return await Promise.all(
      this.#rosters.map(async (roster) => {
        const [seen] = await roster.look([request.instance], context);
        if (request.state === "in") return aimIn(roster.label, request.instance.id, this.#readyTimeoutMs);
        const rule = await roster.drainRule(context);
        refuseEarly(roster.label, rule, seen as Standing, request);
        return aimOut(roster.label, rule, request);
      }),
    );
  }

  #memberOf(instance: Instance, standings: readonly Standing[]): Member {
    const isOut = this.#takenOut.has(instance.id);
    const named = standings.map(
      (standing): Standing =>
        isOut && standing.state === "absent" ? { ...standing, state: "out" } : standing,
    );
    return { instance: instance.id, ...worst(named) };
  }
}
