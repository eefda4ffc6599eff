import { HawserError, type Instance, type Inventory, type OperationContext } from "@hawser/core/plugin";
import { type Answer, isAnswer, minionGrammar, type SaltApi } from "@hawser/salt";
import { errors } from "./errors.ts";
import { instanceOf, isTarget } from "./instance.ts";
import type { SaltInventoryOptions } from "./options.ts";

/** How many names an error tells. */
const toldNames = 5;

/** The minions whose keys the master has accepted, with what it holds of their grains; no minion is asked. */
export class SaltInventory implements Inventory {
  readonly #api: SaltApi;
  readonly #options: SaltInventoryOptions;

  constructor(api: SaltApi, options: SaltInventoryOptions) {
    this.#api = api;
    this.#options = options;
  }

  async list(context: OperationContext): Promise<readonly Instance[]> {
    context.signal.throwIfAborted();
    const accepted = await this.#accepted(context);
    const grains = await this.#grains(accepted, context);
    const missing = accepted.filter((id) => grains.get(id) === undefined);
    if (missing.length > 0)
      throw errors.HWS_INVENTORY_SALT_PARTIAL([
        this.#where,
        `${missing.slice(0, toldNames).join(", ")}${missing.length > toldNames ? ", …" : ""}`,
      ]);
    const instances = accepted.flatMap((id) => {
      const held = grains.get(id);
      return held !== undefined && isTarget(held, this.#options.target)
        ? [instanceOf(id, held, this.#options)]
        : [];
    });
    if (instances.length === 0) throw errors.HWS_INVENTORY_SALT_EMPTY([this.#where]);
    return instances;
  }

  get #where(): string {
    return `the Salt master at ${this.#api.url}`;
  }

  /** Sorted, each once. */
  async #accepted(context: OperationContext): Promise<readonly string[]> {
    const answer = await this.#run({ client: "wheel", fun: "key.list_all" }, context);
    const { data } = isAnswer(answer) ? answer : {};
    const { success, return: keys } = isAnswer(data) ? data : {};
    const { minions } = isAnswer(keys) ? keys : {};
    if (success !== true || !Array.isArray(minions))
      throw errors.HWS_INVENTORY_SALT_ANSWER([this.#where, "no list of keys"]);
    for (const id of minions)
      if (typeof id !== "string" || !minionGrammar.test(id))
        throw errors.HWS_INVENTORY_SALT_MINION([String(id).slice(0, 200), "has an id that is no name"]);
    if (minions.length === 0) throw errors.HWS_INVENTORY_SALT_EMPTY([this.#where]);
    return [...new Set(minions as readonly string[])].sort();
  }

  async #grains(ids: readonly string[], context: OperationContext): Promise<ReadonlyMap<string, Answer>> {
    const low = { client: "runner", fun: "cache.grains", kwarg: { tgt: ids, tgt_type: "list" } };
    const answer = await this.#run(low, context);
    if (!isAnswer(answer)) throw errors.HWS_INVENTORY_SALT_ANSWER([this.#where, "no grains"]);
    const held = new Map<string, Answer>();
    for (const id of ids) {
      const grains = Object.hasOwn(answer, id) ? answer[id] : undefined;
      // A minion of which nothing is known has an empty record.
      if (isAnswer(grains) && Object.keys(grains).length > 0) held.set(id, grains);
    }
    return held;
  }

  async #run(low: Answer, context: OperationContext): Promise<unknown> {
    try {
      return await this.#api.run(low, context);
    } catch (error) {
      if (!HawserError.is(error, "HWS_SALT_ANSWER")) throw error;
      throw errors.HWS_INVENTORY_SALT_ANSWER([this.#where, error.message], { cause: error });
    }
  }
}
