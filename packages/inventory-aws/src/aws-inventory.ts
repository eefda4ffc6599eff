import type { Instance as Ec2Instance } from "@aws-sdk/client-ec2";
import { problemsOf } from "@hawser/aws";
import type { Instance, Inventory, OperationContext, Problem } from "@hawser/core/plugin";
import type { Choice, ChosenGroup } from "./choice.ts";
import { errors } from "./errors.ts";
import { type InstanceOptions, toInstance } from "./instance.ts";
import { lifecycleOfMachine, lifecycleOfScaling } from "./lifecycle.ts";
import { type MachinesClient, machinesById, machinesByTags } from "./machines.ts";
import { machinesOfGroups, type ScaledMachine, type ScalingClient } from "./scaling-groups.ts";

const byId = (a: Instance, b: Instance): number => (a.id < b.id ? -1 : 1);

/** Who the machines are that autoscaling groups or tags name. */
export class AwsInventory implements Inventory {
  readonly #choice: Choice;
  readonly #options: InstanceOptions;
  readonly #scaling: ScalingClient;
  readonly #machines: MachinesClient;

  constructor(choice: Choice, options: InstanceOptions, scaling: ScalingClient, machines: MachinesClient) {
    this.#choice = choice;
    this.#options = options;
    this.#scaling = scaling;
    this.#machines = machines;
  }

  async list({ signal }: OperationContext): Promise<readonly Instance[]> {
    signal.throwIfAborted();
    const found = await this.#find(signal);
    if (found.length === 0) throw errors.HWS_INVENTORY_AWS_EMPTY([this.#shown]);
    return found;
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await problemsOf(this.#shown, context, async () => {
      await this.list(context);
      return [];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#scaling[Symbol.asyncDispose](), this.#machines[Symbol.asyncDispose]()]);
  }

  get #shown(): string {
    if (this.#choice.kind === "groups") return this.#choice.groups.map(({ name }) => name).join(", ");
    return Object.entries(this.#choice.tags)
      .map(([key, value]) => `tag ${key}=${value}`)
      .join(", ");
  }

  async #find(signal: AbortSignal): Promise<readonly Instance[]> {
    const choice = this.#choice;
    if (choice.kind === "groups") return await this.#ofGroups(choice.groups, signal);
    const machines = await machinesByTags(this.#machines, choice.tags, signal);
    return machines
      .flatMap((machine) => {
        const lifecycle = lifecycleOfMachine(machine.State?.Name ?? "");
        if (lifecycle === undefined) return [];
        return toInstance(machine, { roles: choice.roles, lifecycle }, this.#options) ?? [];
      })
      .sort(byId);
  }

  async #ofGroups(groups: readonly ChosenGroup[], signal: AbortSignal): Promise<readonly Instance[]> {
    const names = groups.map(({ name }) => name);
    const scaled = await machinesOfGroups(this.#scaling, names, signal);
    const ids = scaled.flat().map(({ id }) => id);
    const machines = await machinesById(this.#machines, ids, signal);
    return groups.flatMap((group, at) =>
      (scaled[at] ?? [])
        .flatMap((each) => this.#ofGroup(group, each, machines.get(each.id)) ?? [])
        .sort(byId),
    );
  }

  /** Undefined for who is gone, or not there yet. */
  #ofGroup(
    { name, roles }: ChosenGroup,
    { id, state }: ScaledMachine,
    machine: Ec2Instance | undefined,
  ): Instance | undefined {
    if (state === "Terminated" || state === "Terminating:Terminated") return undefined;
    const planned = lifecycleOfScaling(state);
    if (planned === undefined) throw errors.HWS_INVENTORY_AWS_STATE([id, state]);
    if (machine === undefined) {
      if (planned !== "inService") return undefined;
      throw errors.HWS_INVENTORY_AWS_PARTIAL([name, id]);
    }
    // Autoscaling learns a little later that a machine was stopped or taken away.
    const isUp = ["pending", "running"].includes(machine.State?.Name ?? "");
    return toInstance(machine, { roles, lifecycle: isUp ? planned : "leaving" }, this.#options);
  }
}
