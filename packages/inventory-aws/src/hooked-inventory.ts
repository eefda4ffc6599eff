import type { Instance, Inventory, OperationContext, Problem } from "@hawser/core/plugin";
import type { AwsInventory } from "./aws-inventory.ts";
import type { LaunchingHook } from "./hook.ts";

/** An inventory whose autoscaling groups hold new machines until they are told that they are ready. */
export class HookedInventory implements Inventory {
  readonly #inventory: AwsInventory;
  readonly #hook: LaunchingHook;
  readonly #groups: readonly string[];

  constructor(inventory: AwsInventory, hook: LaunchingHook, groups: readonly string[]) {
    this.#inventory = inventory;
    this.#hook = hook;
    this.#groups = groups;
  }

  async list(context: OperationContext): Promise<readonly Instance[]> {
    return await this.#inventory.list(context);
  }

  async complete(
    { instance, result }: { readonly instance: Instance; readonly result: "ready" | "failed" },
    context: OperationContext,
  ): Promise<void> {
    await this.#hook.complete(instance.id, result, context);
  }

  async heartbeat({ instance }: { readonly instance: Instance }, context: OperationContext): Promise<void> {
    await this.#hook.heartbeat(instance.id, context);
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    const [own, hook] = [await this.#inventory.check(context), await this.#hook.check(this.#groups, context)];
    return [...own, ...hook];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inventory[Symbol.asyncDispose]();
  }
}
