import type { ElasticLoadBalancingClient, InstanceState } from "@aws-sdk/client-elastic-load-balancing";
import { type AwsCall, awsErrors, call, type LazyClient, printable } from "@hawser/aws";
import { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

type Sdk = typeof import("@aws-sdk/client-elastic-load-balancing");
export type ClassicClient = LazyClient<Sdk, ElasticLoadBalancingClient>;

/** The calls that are made for one classic load balancer. */
export class ClassicCalls {
  readonly #name: string;
  readonly #label: string;
  readonly #aws: ClassicClient;

  constructor(name: string, label: string, aws: ClassicClient) {
    this.#name = name;
    this.#label = label;
    this.#aws = aws;
  }

  /** The instances that it lists; who is being deregistered may be missing. */
  async instances(signal: AbortSignal): Promise<readonly InstanceState[]> {
    return await this.#health(undefined, signal);
  }

  /** One instance by its id; undefined when it is not known. */
  async instance(id: string, signal: AbortSignal): Promise<InstanceState | undefined> {
    try {
      return (await this.#health(id, signal))[0];
    } catch (error) {
      if (HawserError.is(error, "HWS_LB_AWS_REFUSED")) return undefined;
      throw error;
    }
  }

  async #health(id: string | undefined, signal: AbortSignal): Promise<readonly InstanceState[]> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.DescribeInstanceHealthCommand({
      LoadBalancerName: this.#name,
      ...(id !== undefined && { Instances: [{ InstanceId: id }] }),
    });
    const named = this.#named("DescribeInstanceHealth", signal, id === undefined ? [] : [id]);
    const answer = await call(named, () => client.send(command, { abortSignal: signal }));
    const seen = answer.InstanceStates ?? [];
    if (seen.some(({ InstanceId, State }) => !InstanceId || !State))
      throw awsErrors.HWS_AWS_ANSWER([named.name, "an instance without id or state"]);
    return seen;
  }

  /** How long open requests may last when a member leaves, in milliseconds; 0 where they are cut. */
  async drainMs(signal: AbortSignal): Promise<number> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.DescribeLoadBalancerAttributesCommand({ LoadBalancerName: this.#name });
    const answer = await call(this.#named("DescribeLoadBalancerAttributes", signal), () =>
      client.send(command, { abortSignal: signal }),
    );
    const draining = answer.LoadBalancerAttributes?.ConnectionDraining;
    return draining?.Enabled === true ? (draining.Timeout ?? 300) * 1000 : 0;
  }

  async register(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.RegisterInstancesWithLoadBalancerCommand(this.#members(ids));
    await call(this.#named("RegisterInstancesWithLoadBalancer", signal, ids), () =>
      client.send(command, { abortSignal: signal }),
    );
  }

  async deregister(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.DeregisterInstancesFromLoadBalancerCommand(this.#members(ids));
    await call(this.#named("DeregisterInstancesFromLoadBalancer", signal, ids), () =>
      client.send(command, { abortSignal: signal }),
    );
  }

  #members(ids: readonly string[]) {
    return { LoadBalancerName: this.#name, Instances: ids.map((InstanceId) => ({ InstanceId })) };
  }

  #named(action: string, signal: AbortSignal, ids: readonly string[] = []): AwsCall {
    const missing = (): HawserError => errors.HWS_LB_AWS_NO_BALANCER([this.#name]);
    const refused = (said: unknown): HawserError =>
      errors.HWS_LB_AWS_REFUSED([this.#label, ids.join(" "), printable(String((said as Error).message))]);
    return {
      name: `elasticloadbalancing:${action}`,
      signal,
      refusals: {
        LoadBalancerNotFound: missing,
        AccessPointNotFound: missing,
        InvalidInstance: refused,
        InvalidEndPoint: refused,
      },
    };
  }
}
