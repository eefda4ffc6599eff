import { HawserError, type Instance, type Inventory, type OperationContext } from "@hawser/core/plugin";

/** An inventory that a test changes as machines come and go; it remembers what it was told of them. */
export class MemoryInventory implements Inventory {
  readonly #instances: Map<string, Instance> = new Map();
  /** What `complete` was told, in order. */
  readonly completed: { readonly instance: string; readonly result: "ready" | "failed" }[] = [];

  constructor(instances: readonly Instance[]) {
    for (const instance of instances) this.set(instance);
  }

  /** Adds an instance, or replaces the one of its id. */
  set(instance: Instance): void {
    this.#instances.set(instance.id, instance);
  }

  remove(id: string): void {
    this.#instances.delete(id);
  }

  async list({ signal }: OperationContext): Promise<readonly Instance[]> {
    signal.throwIfAborted();
    if (this.#instances.size === 0) {
      throw new HawserError("HWS_INVENTORY_EMPTY", "the inventory lists no instance");
    }
    return [...this.#instances.values()];
  }

  async complete(
    { instance, result }: { readonly instance: Instance; readonly result: "ready" | "failed" },
    { signal }: OperationContext,
  ): Promise<void> {
    signal.throwIfAborted();
    this.completed.push({ instance: instance.id, result });
  }
}
