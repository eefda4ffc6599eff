import type { Instance } from "@hawser/core/plugin";
import { withRetry } from "../../core/src/decorate/retry.ts";
import { stamped } from "../../core/src/decorate/stamped.ts";
import { withTimeLimit } from "../../core/src/decorate/time-limit.ts";
import {
  describeInstaller,
  describeInventory,
  describeSource,
  describeStorage,
  MemoryInstaller,
  MemoryInventory,
  MemorySource,
  MemoryStorage,
  type MemoryTree,
} from "../src/index.ts";

/** All that the engine puts round a provider: what it wraps must still keep its contract. */
const decorated = <S extends object>(seam: S): S =>
  withRetry(stamped(withTimeLimit(seam, 20_000), { plugin: "decorated" }));

const instance = (id: string): Instance => ({
  id,
  address: `${id}.test`,
  roles: ["web"],
  lifecycle: "inService",
});

describeStorage("a decorated storage", { create: async () => decorated(new MemoryStorage()) });

describeInventory("a decorated inventory", {
  create: async () => ({
    inventory: decorated(new MemoryInventory([instance("a"), instance("b")])),
    [Symbol.asyncDispose]: async () => {},
  }),
});

describeInstaller("a decorated installer", {
  create: async () => ({
    installer: decorated(new MemoryInstaller({ activate: [{ name: "one", run: "true", timeoutMs: 1000 }] })),
    secretValues: [],
  }),
});

describeSource("a decorated source", {
  create: async () => {
    const source = new MemorySource();
    let tree: MemoryTree = {};
    let count = 0;
    const change = async () => {
      count += 1;
      tree = { "index.html": `version ${count}\n` };
      source.add(tree);
    };
    await change();
    return {
      source: decorated(source),
      tree: async () => tree,
      change,
      missingRef: "no-such-state",
      contacts: () => 0,
      [Symbol.asyncDispose]: async () => {},
    };
  },
});
