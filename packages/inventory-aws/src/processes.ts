import { call } from "@hawser/aws";
import type { OperationContext, Suspension } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { type ScalingClient, suspendedInGroups } from "./scaling-groups.ts";

/** What autoscaling calls its processes. */
export const processNames = [
  "Launch",
  "Terminate",
  "AddToLoadBalancer",
  "AlarmNotification",
  "AZRebalance",
  "HealthCheck",
  "InstanceRefresh",
  "ReplaceUnhealthy",
  "ScheduledActions",
] as const;

/** The processes of one group that a run suspends. */
interface OfGroup {
  readonly name: string;
  readonly processes: readonly string[];
}

/** The processes by which autoscaling groups change by themselves. */
export class ScalingProcesses {
  readonly #aws: ScalingClient;
  readonly #groups: readonly string[];

  constructor(aws: ScalingClient, groups: readonly string[]) {
    this.#aws = aws;
    this.#groups = groups;
  }

  /** Those of the wanted ones that nobody has suspended. */
  async suspendable(
    wanted: readonly string[],
    { signal }: OperationContext,
  ): Promise<Suspension | undefined> {
    const suspended = await suspendedInGroups(this.#aws, this.#groups, signal);
    const groups = this.#groups.flatMap((name, at) => {
      const processes = wanted.filter((each) => suspended[at]?.has(each) !== true);
      return processes.length === 0 ? [] : [{ name, processes }];
    });
    return groups.length === 0 ? undefined : { groups };
  }

  async suspend(suspension: Suspension, context: OperationContext): Promise<void> {
    await this.#each(suspension, "SuspendProcesses", context);
  }

  async restore(suspension: Suspension, context: OperationContext): Promise<void> {
    await this.#each(suspension, "ResumeProcesses", context);
  }

  async #each(
    suspension: Suspension,
    action: "SuspendProcesses" | "ResumeProcesses",
    context: OperationContext,
  ): Promise<void> {
    const groups = this.#checked(suspension);
    const { sdk, client } = await this.#aws.open();
    const { signal } = context;
    for (const { name, processes } of groups) {
      const input = { AutoScalingGroupName: name, ScalingProcesses: [...processes] };
      await context.confirm?.();
      await call({ name: `autoscaling:${action}`, signal }, async () => {
        const options = { abortSignal: signal };
        if (action === "SuspendProcesses") await client.send(new sdk.SuspendProcessesCommand(input), options);
        else await client.send(new sdk.ResumeProcessesCommand(input), options);
      });
    }
  }

  /** The record comes from storage. No process named would mean all of them, to AWS. */
  #checked({ groups }: Suspension): readonly OfGroup[] {
    const known: readonly unknown[] = processNames;
    const fits = (each: unknown): each is OfGroup => {
      const { name, processes } = (each ?? {}) as Partial<OfGroup>;
      return (
        this.#groups.includes(name as string) &&
        Array.isArray(processes) &&
        processes.length > 0 &&
        processes.every((process) => known.includes(process))
      );
    };
    if (Array.isArray(groups) && groups.every(fits)) return groups;
    throw errors.HWS_INVENTORY_AWS_SUSPENSION([this.#groups.join(", ")]);
  }
}
