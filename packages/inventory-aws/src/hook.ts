import { call, problemOf, problemsOf } from "@hawser/aws";
import { HawserError, type OperationContext, type Problem } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { ScalingClient } from "./scaling-groups.ts";

interface Held {
  readonly group: string;
  readonly state: string;
}

/** Whether what is to be completed has been. */
const isOver = (held: Held | undefined, result: "ready" | "failed"): boolean =>
  result === "ready"
    ? held?.state === "InService" || held?.state === "Pending:Proceed"
    : held === undefined || held.state.startsWith("Terminat");

/** The launching hook that holds new machines in `Pending:Wait` until somebody completes it. */
export class LaunchingHook {
  readonly #name: string;
  readonly #aws: ScalingClient;

  constructor(name: string, aws: ScalingClient) {
    this.#name = name;
    this.#aws = aws;
  }

  /** Lets it into service, or has it terminated. Twice is as once, also when the first answer was lost. */
  async complete(id: string, result: "ready" | "failed", context: OperationContext): Promise<void> {
    const held = await this.#look(id, context.signal);
    if (isOver(held, result)) return;
    const { group } = this.#mustWait(id, held);
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.CompleteLifecycleActionCommand({
      AutoScalingGroupName: group,
      LifecycleHookName: this.#name,
      InstanceId: id,
      LifecycleActionResult: result === "ready" ? "CONTINUE" : "ABANDON",
    });
    await context.confirm?.();
    try {
      await this.#act("CompleteLifecycleAction", id, context.signal, () =>
        client.send(command, { abortSignal: context.signal }),
      );
    } catch (error) {
      if (!HawserError.is(error, "HWS_INVENTORY_AWS_NOT_HELD")) throw error;
      if (!isOver(await this.#look(id, context.signal), result)) throw error;
    }
  }

  async heartbeat(id: string, { signal }: OperationContext): Promise<void> {
    const { group } = this.#mustWait(id, await this.#look(id, signal));
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.RecordLifecycleActionHeartbeatCommand({
      AutoScalingGroupName: group,
      LifecycleHookName: this.#name,
      InstanceId: id,
    });
    await this.#act("RecordLifecycleActionHeartbeat", id, signal, () =>
      client.send(command, { abortSignal: signal }),
    );
  }

  async check(groups: readonly string[], context: OperationContext): Promise<readonly Problem[]> {
    const found = await Promise.all(
      groups.map((group) => problemsOf(group, context, () => this.#problems(group, context.signal))),
    );
    return found.flat();
  }

  async #problems(group: string, signal: AbortSignal): Promise<readonly Problem[]> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.DescribeLifecycleHooksCommand({ AutoScalingGroupName: group });
    const answer = await call({ name: "autoscaling:DescribeLifecycleHooks", signal }, () =>
      client.send(command, { abortSignal: signal }),
    );
    const hook = answer.LifecycleHooks?.find((each) => each.LifecycleHookName === this.#name);
    if (hook?.LifecycleTransition !== "autoscaling:EC2_INSTANCE_LAUNCHING")
      return [problemOf(errors.HWS_INVENTORY_AWS_NO_HOOK([group, this.#name]), group)];
    if (hook.DefaultResult !== "CONTINUE") return [];
    return [problemOf(errors.HWS_INVENTORY_AWS_HOOK_CONTINUES([group, this.#name]), group, "warning")];
  }

  async #look(id: string, signal: AbortSignal): Promise<Held | undefined> {
    const { sdk, client } = await this.#aws.open();
    const command = new sdk.DescribeAutoScalingInstancesCommand({ InstanceIds: [id] });
    const answer = await call({ name: "autoscaling:DescribeAutoScalingInstances", signal }, () =>
      client.send(command, { abortSignal: signal }),
    );
    const shown = answer.AutoScalingInstances?.find(({ InstanceId }) => InstanceId === id);
    if (shown?.AutoScalingGroupName === undefined || shown.LifecycleState === undefined) return undefined;
    return { group: shown.AutoScalingGroupName, state: shown.LifecycleState };
  }

  #mustWait(id: string, held: Held | undefined): Held {
    if (held?.state === "Pending:Wait") return held;
    // The hook begins to hold a machine when it runs.
    if (held?.state === "Pending") throw errors.HWS_INVENTORY_AWS_NOT_HELD_YET([id, this.#name]);
    throw errors.HWS_INVENTORY_AWS_NOT_HELD([id, this.#name, held?.state ?? "in no autoscaling group"]);
  }

  async #act(action: string, id: string, signal: AbortSignal, send: () => Promise<unknown>): Promise<void> {
    const refusals = {
      ValidationError: (): HawserError =>
        errors.HWS_INVENTORY_AWS_NOT_HELD([id, this.#name, "waiting for another hook, or its time was over"]),
    };
    await call({ name: `autoscaling:${action}`, signal, refusals }, send);
  }
}
