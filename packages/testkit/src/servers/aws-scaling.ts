import type { AwsMachine } from "./aws-machine.ts";
import { AwsRefusal, type AwsValue } from "./aws-query.ts";

export interface AwsHookSetup {
  readonly name: string;
  /** How long a machine is held without a heartbeat, in milliseconds. Default 60 s. */
  readonly heartbeatMs?: number;
  /** What becomes of a machine whose time is over. Default `ABANDON`. */
  readonly otherwise?: "CONTINUE" | "ABANDON";
}

interface Held {
  readonly timer: NodeJS.Timeout;
  beats: number;
}

/** An autoscaling group of the stand-in, whose launching hook holds machines as AWS does. */
export class AwsScalingGroup {
  readonly name: string;
  readonly hook: AwsHookSetup | undefined;
  /** The processes that are suspended. */
  readonly suspended: Set<string> = new Set();
  readonly #machines = new Map<string, { readonly machine: AwsMachine; state: string }>();
  readonly #held = new Map<string, Held>();

  constructor(name: string, hook?: AwsHookSetup) {
    this.name = name;
    this.hook = hook;
  }

  /** A machine in a state of the lifecycle. Default `InService`. */
  put(machine: AwsMachine, state = "InService"): void {
    this.#machines.set(machine.id, { machine, state });
  }

  /** A machine that comes up: the hook holds it in `Pending:Wait`. */
  launch(machine: AwsMachine): void {
    this.put(machine, this.hook === undefined ? "InService" : "Pending:Wait");
    if (this.hook !== undefined) this.#hold(machine.id, 0);
  }

  remove(id: string): void {
    this.#machines.delete(id);
  }

  stateOf(id: string): string | undefined {
    return this.#machines.get(id)?.state;
  }

  /** How often more time was asked for a machine. */
  beatsOf(id: string): number {
    return this.#held.get(id)?.beats ?? 0;
  }

  #hold(id: string, beats: number): void {
    const { heartbeatMs = 60_000, otherwise = "ABANDON" } = this.hook ?? {};
    clearTimeout(this.#held.get(id)?.timer);
    this.#held.set(id, { beats, timer: setTimeout(() => this.#release(id, otherwise), heartbeatMs) });
  }

  #release(id: string, result: string): void {
    clearTimeout(this.#held.get(id)?.timer);
    this.#held.delete(id);
    const known = this.#machines.get(id);
    if (known === undefined) return;
    if (result === "CONTINUE") known.state = "InService";
    else {
      known.state = "Terminating";
      known.machine.state = "shutting-down";
    }
  }

  #mustHold(hook: string, id: string): Held {
    const held = this.#held.get(id);
    if (held !== undefined && hook === this.hook?.name) return held;
    throw new AwsRefusal(400, "ValidationError", `No active Lifecycle Action found with instance ID ${id}`);
  }

  complete(hook: string, id: string, result: string): void {
    this.#mustHold(hook, id);
    this.#release(id, result);
  }

  beat(hook: string, id: string): void {
    this.#hold(id, this.#mustHold(hook, id).beats + 1);
  }

  get ids(): readonly string[] {
    return [...this.#machines.keys()];
  }

  describeInstance(id: string): AwsValue {
    return {
      InstanceId: id,
      AutoScalingGroupName: this.name,
      LifecycleState: this.stateOf(id),
      HealthStatus: "Healthy",
      AvailabilityZone: "us-east-1a",
      ProtectedFromScaleIn: false,
    };
  }

  describe(): AwsValue {
    return {
      AutoScalingGroupName: this.name,
      MinSize: 0,
      MaxSize: 100,
      DesiredCapacity: this.#machines.size,
      DefaultCooldown: 300,
      AvailabilityZones: ["us-east-1a"],
      HealthCheckType: "EC2",
      CreatedTime: "2026-01-01T00:00:00Z",
      SuspendedProcesses: [...this.suspended].map((ProcessName) => ({
        ProcessName,
        SuspensionReason: "User suspended at 2026-01-01T00:00:00Z",
      })),
      Instances: this.ids.map((id) => this.describeInstance(id)),
    };
  }

  describeHooks(): AwsValue {
    if (this.hook === undefined) return { LifecycleHooks: [] };
    const { name, heartbeatMs = 60_000, otherwise = "ABANDON" } = this.hook;
    return {
      LifecycleHooks: [
        {
          LifecycleHookName: name,
          AutoScalingGroupName: this.name,
          LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
          HeartbeatTimeout: Math.ceil(heartbeatMs / 1000),
          DefaultResult: otherwise,
        },
      ],
    };
  }

  stop(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
  }
}
