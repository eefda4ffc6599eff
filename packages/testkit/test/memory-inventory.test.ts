import type { Instance } from "@hawser/core/plugin";
import { describeInventory, MemoryInventory } from "../src/index.ts";

const instance = (id: string): Instance => ({
  id,
  address: `${id}.test`,
  roles: ["web"],
  lifecycle: "inService",
});

describeInventory("MemoryInventory", {
  create: async () => {
    const inventory = new MemoryInventory([instance("a"), instance("b")]);
    return {
      inventory,
      empty: async () => {
        for (const id of ["a", "b"]) inventory.remove(id);
      },
      [Symbol.asyncDispose]: async () => {},
    };
  },
});
