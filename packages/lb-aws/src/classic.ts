import type { InstanceState } from "@aws-sdk/client-elastic-load-balancing";
import { problemOf, problemsOf } from "@hawser/aws";
import type { Instance, OperationContext, Problem } from "@hawser/core/plugin";
import { Batch } from "./batch.ts";
import { ClassicCalls, type ClassicClient } from "./classic-calls.ts";
import { standingOfInstance } from "./classic-state.ts";
import { errors } from "./errors.ts";
import type { DrainRule, Roster } from "./roster.ts";
import { SharedLook } from "./shared-look.ts";
import { absent, type Standing } from "./standing.ts";
import { ec2IdOf } from "./target.ts";
import { untilAborted } from "./until-aborted.ts";

/** So many instances in one call. */
const batchSize = 100;

/** One classic load balancer. */
export class Classic implements Roster {
  readonly label: string;
  readonly #calls: ClassicCalls;
  readonly #aws: ClassicClient;
  readonly #ended = new AbortController();
  readonly #all: SharedLook<readonly InstanceState[]>;
  readonly #adding: Batch<string>;
  readonly #removing: Batch<string>;

  constructor(name: string, aws: ClassicClient) {
    const { signal } = this.#ended;
    this.label = `classic load balancer ${name}`;
    const calls = new ClassicCalls(name, this.label, aws);
    this.#calls = calls;
    this.#aws = aws;
    this.#all = new SharedLook(() => calls.instances(signal));
    this.#adding = new Batch(batchSize, (ids) => calls.register(ids, signal));
    this.#removing = new Batch(batchSize, (ids) => calls.deregister(ids, signal));
  }

  async look(instances: readonly Instance[], { signal }: OperationContext): Promise<readonly Standing[]> {
    const ids = instances.map((instance) => ec2IdOf(this.label, instance));
    const seen = await untilAborted(this.#all.fresh(), signal);
    const byId = new Map(seen.map((each) => [each.InstanceId, each]));
    const standings: Standing[] = [];
    for (const id of ids) {
      const shown = byId.get(id);
      standings.push(shown === undefined ? await this.#unlisted(id, signal) : standingOfInstance(shown));
    }
    return standings;
  }

  /** Who is on no list is not registered; it may still drain, which is told of it by name. */
  async #unlisted(id: string, signal: AbortSignal): Promise<Standing> {
    const shown = await this.#calls.instance(id, signal);
    const standing = shown === undefined ? absent : standingOfInstance(shown);
    return standing.state === "draining" ? standing : absent;
  }

  async add(instance: Instance, context: OperationContext): Promise<void> {
    await untilAborted(this.#adding.add(ec2IdOf(this.label, instance), context), context.signal);
  }

  async remove(instance: Instance, context: OperationContext): Promise<void> {
    await untilAborted(this.#removing.add(ec2IdOf(this.label, instance), context), context.signal);
  }

  async drainRule({ signal }: OperationContext): Promise<DrainRule> {
    return { delayMs: await this.#calls.drainMs(signal), endsEarly: true };
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await problemsOf(this.label, context, async () => {
      await untilAborted(this.#all.fresh(), context.signal);
      const { delayMs } = await this.drainRule(context);
      return delayMs > 0 ? [] : [problemOf(errors.HWS_LB_AWS_CUTS([this.label]), this.label, "warning")];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new Error(`${this.label} is not used any more`));
    await this.#aws[Symbol.asyncDispose]();
  }
}
