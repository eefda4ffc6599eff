import { describeSource, MemorySource, type MemoryTree } from "../src/index.ts";

describeSource("memory source", {
  create: async () => {
    const source = new MemorySource();
    let tree: MemoryTree = {};
    let count = 0;
    const change = async () => {
      count += 1;
      tree = { "index.html": `version ${count}\n`, "a/b/c.txt": "same\n", [`only-in-${count}`]: "" };
      source.add(tree);
    };
    await change();
    return {
      source,
      tree: async () => tree,
      change,
      missingRef: "no-such-state",
      contacts: () => 0,
      [Symbol.asyncDispose]: async () => {},
    };
  },
});
