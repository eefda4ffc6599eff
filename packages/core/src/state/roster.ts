import { isDeepStrictEqual } from "node:util";
import type { OperationContext } from "../contracts/common.ts";
import type { Instance } from "../contracts/inventory.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { Fields, renderDocument } from "./fields.ts";
import { environmentKeys } from "./keys.ts";
import { freshNonce, readObject, swap } from "./object.ts";

/** One instance as it was last known to be in service: enough to find it in a load balancer when it is gone. */
export type Enrolled = Pick<Instance, "id" | "address" | "port" | "root" | "roles">;

const attempts = 20;

/**
 * The instances of one environment that were last known to be in service: who of them is no longer in the inventory
 * has vanished, and who is in the inventory and not here has never served. One object, changed by compare-and-swap.
 */
export class Roster {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, application: string, environment: string) {
    this.#storage = storage;
    this.#key = environmentKeys(application, environment).roster;
  }

  /** Undefined until a run has written it: then nothing is known of who served. */
  async read(context: OperationContext): Promise<readonly Enrolled[] | undefined> {
    return (await this.#find(context))?.enrolled;
  }

  /** Takes instances in, and others out; writes nothing when it is so already. */
  async change(
    { joined = [], gone = [] }: { readonly joined?: readonly Enrolled[]; readonly gone?: readonly string[] },
    context: OperationContext,
  ): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const found = await this.#find(context);
      const next = new Map(found?.enrolled.map((each) => [each.id, each]));
      for (const id of gone) next.delete(id);
      for (const each of joined) next.set(each.id, enrolled(each));
      const instances = [...next.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      if (found !== undefined && isDeepStrictEqual(instances, found.enrolled)) return;
      const bytes = renderDocument({ instances, nonce: freshNonce() });
      const expected = found?.etag ?? null;
      if ((await swap(this.#storage, { key: this.#key, bytes, expected }, context)).won) return;
    }
    throw stateErrors.HWS_STATE_CONTENDED([this.#key]);
  }

  async #find(
    context: OperationContext,
  ): Promise<{ enrolled: readonly Enrolled[]; etag: string } | undefined> {
    const found = await readObject(this.#storage, this.#key, context);
    if (found === undefined) return undefined;
    const fields = Fields.parse(found.bytes, this.#key);
    return { enrolled: fields.list("instances", parseEnrolled), etag: found.etag };
  }
}

const enrolled = ({ id, address, port, root, roles }: Enrolled): Enrolled => ({
  id,
  address,
  ...(port !== undefined && { port }),
  ...(root !== undefined && { root }),
  roles: [...roles],
});

const parseEnrolled = (item: unknown, where: string): Enrolled => {
  const fields = new Fields(item, where);
  return {
    id: fields.text("id", /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
    address: fields.text("address", /^[A-Za-z0-9:[][A-Za-z0-9.:%[\]_-]{0,254}$/),
    ...(fields.has("port") && { port: fields.count("port") }),
    ...(fields.has("root") && { root: fields.text("root", /^\/[^\0\n]{0,4000}$/) }),
    roles: fields.texts("roles", 100),
  };
};
