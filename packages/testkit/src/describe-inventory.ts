import { isIP } from "node:net";
import { HawserError, type Inventory } from "@hawser/core/plugin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { operationContext } from "./context.ts";

/** One inventory to try, alone: nobody else changes it. */
export interface InventoryTrial extends AsyncDisposable {
  /** Lists at least two instances. */
  readonly inventory: Inventory;
  /** Makes what lies behind it list no instance; absent when that cannot be. */
  empty?(): Promise<void>;
  /** Makes what lies behind it give a cut or broken answer; absent when that cannot be. */
  damage?(): Promise<void>;
}

const hostName = /^(?!-)[A-Za-z0-9._-]{1,253}$/;

/**
 * The sentences of the Inventory contract as tests.
 *
 * @param create makes a fresh inventory for each test.
 */
export const describeInventory = (
  name: string,
  { create }: { readonly create: () => Promise<InventoryTrial> },
): void => {
  let trial: InventoryTrial;
  beforeEach(async () => {
    trial = await create();
  });
  afterEach(async () => {
    await trial.inventory[Symbol.asyncDispose]?.();
    await trial[Symbol.asyncDispose]();
  });
  const list = () => trial.inventory.list(operationContext());

  describe(`${name} keeps the Inventory contract`, () => {
    it("lists every instance with an id, address, roles and lifecycle of their grammars", async () => {
      const instances = await list();
      expect(instances.length).toBeGreaterThanOrEqual(2);
      for (const { id, address, roles, lifecycle } of instances) {
        expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
        expect(isIP(address) > 0 || hostName.test(address)).toBe(true);
        expect(roles.length).toBeGreaterThan(0);
        expect(["starting", "inService", "leaving"]).toContain(lifecycle);
      }
    });

    it("gives unique ids", async () => {
      const ids = (await list()).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it("gives the same instances in the same order when nothing changed", async () => {
      expect(await list()).toEqual(await list());
    });

    it("answers many who ask at once alike", async () => {
      const [first, ...others] = await Promise.all(Array.from({ length: 8 }, list));
      for (const other of others) expect(other).toEqual(first);
    });

    it("fails when there is no instance, never a short list", async () => {
      if (trial.empty === undefined) return expect((await list()).length).toBeGreaterThan(0);
      await trial.empty();
      expect(HawserError.is(await list().catch((reason: unknown) => reason))).toBe(true);
    });

    it("fails when the answer is cut or broken, never a short list", async () => {
      if (trial.damage === undefined) return expect((await list()).length).toBeGreaterThan(0);
      await trial.damage();
      expect(HawserError.is(await list().catch((reason: unknown) => reason))).toBe(true);
    });

    it("does not begin when the signal has aborted", async () => {
      const signal = AbortSignal.abort(new Error("the caller gave up"));
      await expect(trial.inventory.list(operationContext({ signal }))).rejects.toThrow("the caller gave up");
    });

    it("may be disposed twice", async () => {
      await trial.inventory[Symbol.asyncDispose]?.();
      await trial.inventory[Symbol.asyncDispose]?.();
    });
  });
};
