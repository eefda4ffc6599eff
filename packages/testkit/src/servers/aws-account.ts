import { AwsClassic, type AwsClassicSetup } from "./aws-classic.ts";
import { type AwsMachine, type AwsMachineSetup, makeAwsMachine } from "./aws-machine.ts";
import { AwsRefusal } from "./aws-query.ts";
import { type AwsHookSetup, AwsScalingGroup } from "./aws-scaling.ts";
import type { TargetPlace } from "./aws-target.ts";
import { AwsTargetGroup, type AwsTargetGroupSetup } from "./aws-target-group.ts";

/** What one account has in one region. */
export class AwsAccount implements AsyncDisposable {
  readonly machines: Map<string, AwsMachine> = new Map();
  readonly targetGroups: Map<string, AwsTargetGroup> = new Map();
  readonly classics: Map<string, AwsClassic> = new Map();
  readonly scalingGroups: Map<string, AwsScalingGroup> = new Map();

  addMachine(setup: AwsMachineSetup): AwsMachine {
    const machine = makeAwsMachine(setup);
    this.machines.set(machine.id, machine);
    return machine;
  }

  async addTargetGroup(setup: AwsTargetGroupSetup): Promise<AwsTargetGroup> {
    const group = await AwsTargetGroup.start(setup);
    this.targetGroups.set(group.arn, group);
    return group;
  }

  async addClassic(setup: AwsClassicSetup): Promise<AwsClassic> {
    const classic = await AwsClassic.start(setup);
    this.classics.set(setup.name, classic);
    return classic;
  }

  addScalingGroup(name: string, hook?: AwsHookSetup): AwsScalingGroup {
    const group = new AwsScalingGroup(name, hook);
    this.scalingGroups.set(name, group);
    return group;
  }

  /** Where a target of a group is asked; AWS knows no other targets than machines that run and addresses. */
  placeOf(group: AwsTargetGroup, id: string, port: number): TargetPlace {
    if (group.setup.type === "ip") return /^[0-9.]+$/.test(id) ? { address: id, port } : group.refuse(id);
    const machine = this.machines.get(id);
    return machine?.state === "running" ? { address: machine.address, port } : group.refuse(id);
  }

  targetGroup(arn = ""): AwsTargetGroup {
    const group = this.targetGroups.get(arn);
    if (group !== undefined) return group;
    throw new AwsRefusal(400, "TargetGroupNotFound", "One or more target groups not found");
  }

  classic(name = ""): AwsClassic {
    const classic = this.classics.get(name);
    if (classic !== undefined) return classic;
    throw new AwsRefusal(400, "LoadBalancerNotFound", `There is no ACTIVE Load Balancer named '${name}'`);
  }

  scalingGroup(name = ""): AwsScalingGroup {
    const group = this.scalingGroups.get(name);
    if (group !== undefined) return group;
    throw new AwsRefusal(400, "ValidationError", `AutoScalingGroup name not found - ${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const group of this.scalingGroups.values()) group.stop();
    for (const held of [...this.targetGroups.values(), ...this.classics.values()])
      await held[Symbol.asyncDispose]();
  }
}
