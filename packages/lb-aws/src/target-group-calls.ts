import type {
  ElasticLoadBalancingV2Client,
  TargetDescription,
  TargetGroup,
  TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type AwsCall, awsErrors, call, type LazyClient, printable } from "@hawser/aws";
import type { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { type DrainAttributes, drainAttributes } from "./group-facts.ts";

type Sdk = typeof import("@aws-sdk/client-elastic-load-balancing-v2");
export type BalancingClient = LazyClient<Sdk, ElasticLoadBalancingV2Client>;

const wordsOf = (error: unknown): string => printable(String((error as Error).message));

/** The calls that are made for one target group. */
export class TargetGroupCalls {
  readonly #arn: string;
  readonly #label: string;
  readonly #aws: BalancingClient;

  constructor(arn: string, label: string, aws: BalancingClient) {
    this.#arn = arn;
    this.#label = label;
    this.#aws = aws;
  }

  async group(signal: AbortSignal): Promise<TargetGroup | undefined> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.DescribeTargetGroupsCommand({ TargetGroupArns: [this.#arn] });
    const answer = await call(this.#named("DescribeTargetGroups", signal), () =>
      client.send(command, { abortSignal: signal }),
    );
    return answer.TargetGroups?.find(({ TargetGroupArn }) => TargetGroupArn === this.#arn);
  }

  async attributes(signal: AbortSignal): Promise<DrainAttributes> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.DescribeTargetGroupAttributesCommand({ TargetGroupArn: this.#arn });
    const answer = await call(this.#named("DescribeTargetGroupAttributes", signal), () =>
      client.send(command, { abortSignal: signal }),
    );
    return drainAttributes(answer.Attributes ?? []);
  }

  /** Every target; AWS knows no pages here. */
  async targets(signal: AbortSignal): Promise<readonly TargetHealthDescription[]> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.DescribeTargetHealthCommand({ TargetGroupArn: this.#arn });
    const named = this.#named("DescribeTargetHealth", signal);
    const answer = await call(named, () => client.send(command, { abortSignal: signal }));
    const seen = answer.TargetHealthDescriptions ?? [];
    if (seen.some(({ Target, TargetHealth }) => !Target?.Id || !TargetHealth?.State))
      throw awsErrors.HWS_AWS_ANSWER([named.name, "a target without id or state"]);
    return seen;
  }

  async register(targets: readonly TargetDescription[], signal: AbortSignal): Promise<void> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.RegisterTargetsCommand({ TargetGroupArn: this.#arn, Targets: [...targets] });
    await call(this.#named("RegisterTargets", signal, targets), () =>
      client.send(command, { abortSignal: signal }),
    );
  }

  async deregister(targets: readonly TargetDescription[], signal: AbortSignal): Promise<void> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.DeregisterTargetsCommand({ TargetGroupArn: this.#arn, Targets: [...targets] });
    await call(this.#named("DeregisterTargets", signal, targets), () =>
      client.send(command, { abortSignal: signal }),
    );
  }

  #named(action: string, signal: AbortSignal, targets: readonly TargetDescription[] = []): AwsCall {
    const ids = targets.map(({ Id }) => Id).join(" ");
    const missing = (): HawserError => errors.HWS_LB_AWS_NO_GROUP([this.#arn]);
    const refused = (said: unknown): HawserError =>
      errors.HWS_LB_AWS_REFUSED([this.#label, ids, wordsOf(said)]);
    return {
      name: `elasticloadbalancing:${action}`,
      signal,
      refusals: {
        TargetGroupNotFound: missing,
        InvalidTarget: refused,
        TooManyTargets: refused,
        TooManyRegistrationsForTargetId: refused,
      },
    };
  }
}
