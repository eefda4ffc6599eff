import type { TargetDescription, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { problemsOf } from "@hawser/aws";
import type { Instance, OperationContext, Problem } from "@hawser/core/plugin";
import { Batch } from "./batch.ts";
import { type GroupFacts, groupFacts, groupProblems } from "./group-facts.ts";
import type { DrainRule, Roster } from "./roster.ts";
import { SharedLook } from "./shared-look.ts";
import { absent, type Standing } from "./standing.ts";
import { targetIdOf } from "./target.ts";
import { type BalancingClient, TargetGroupCalls } from "./target-group-calls.ts";
import { standingOfTarget } from "./target-state.ts";
import { untilAborted } from "./until-aborted.ts";

export interface TargetGroupPlace {
  readonly arn: string;
  readonly port: number | undefined;
  readonly availabilityZone: string | undefined;
}

/** So many targets in one call. */
const batchSize = 100;

/** One target group. All of its members are seen by one call, however many are asked for. */
export class TargetGroup implements Roster {
  readonly label: string;
  readonly #place: TargetGroupPlace;
  readonly #calls: TargetGroupCalls;
  readonly #aws: BalancingClient;
  /** Calls that several members wait for end with the group. */
  readonly #ended = new AbortController();
  readonly #all: SharedLook<readonly TargetHealthDescription[]>;
  readonly #adding: Batch<TargetDescription>;
  readonly #removing: Batch<TargetDescription>;
  #facts: GroupFacts | undefined;

  constructor(place: TargetGroupPlace, aws: BalancingClient) {
    const { signal } = this.#ended;
    this.label = `target group ${place.arn.split("/")[1]}`;
    const calls = new TargetGroupCalls(place.arn, this.label, aws);
    this.#place = place;
    this.#aws = aws;
    this.#calls = calls;
    this.#all = new SharedLook(() => calls.targets(signal));
    this.#adding = new Batch(batchSize, (targets) => calls.register(targets, signal));
    this.#removing = new Batch(batchSize, (targets) => calls.deregister(targets, signal));
  }

  async look(instances: readonly Instance[], { signal }: OperationContext): Promise<readonly Standing[]> {
    const { type, port } = await this.#known(signal);
    const ids = instances.map((instance) => targetIdOf(this.label, type, instance));
    const seen = await untilAborted(this.#all.fresh(), signal);
    const ours = seen.filter(({ Target }) => Target?.Port === (this.#place.port ?? port));
    const byId = new Map(ours.map(({ Target, TargetHealth }) => [Target?.Id, TargetHealth]));
    return ids.map((id) => (byId.has(id) ? standingOfTarget(byId.get(id)) : absent));
  }

  async add(instance: Instance, context: OperationContext): Promise<void> {
    const target = await this.#targetOf(instance, context.signal);
    await untilAborted(this.#adding.add(target, context), context.signal);
  }

  async remove(instance: Instance, context: OperationContext): Promise<void> {
    const target = await this.#targetOf(instance, context.signal);
    await untilAborted(this.#removing.add(target, context), context.signal);
  }

  async drainRule({ signal }: OperationContext): Promise<DrainRule> {
    const { delayMs } = await this.#calls.attributes(signal);
    return { delayMs, endsEarly: false };
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await problemsOf(this.label, context, async () => {
      const facts = await this.#known(context.signal);
      // That the targets may be read is part of it.
      await untilAborted(this.#all.fresh(), context.signal);
      return groupProblems(this.label, facts, await this.#calls.attributes(context.signal));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new Error(`${this.label} is not used any more`));
    await this.#aws[Symbol.asyncDispose]();
  }

  async #targetOf(instance: Instance, signal: AbortSignal): Promise<TargetDescription> {
    const facts = await this.#known(signal);
    const { port = facts.port, availabilityZone } = this.#place;
    return {
      Id: targetIdOf(this.label, facts.type, instance),
      Port: port,
      ...(availabilityZone !== undefined && { AvailabilityZone: availabilityZone }),
    };
  }

  /** Type and port of a group never change. */
  async #known(signal: AbortSignal): Promise<GroupFacts> {
    this.#facts ??= groupFacts(this.label, await this.#calls.group(signal));
    return this.#facts;
  }
}
