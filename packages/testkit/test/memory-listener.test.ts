import { describeListener, MemoryListener } from "../src/index.ts";

describeListener("MemoryListener", {
  create: async () => {
    const listener = new MemoryListener();
    return {
      listener,
      told: async () => listener.heard.map((heard) => JSON.stringify(heard)),
      [Symbol.asyncDispose]: async () => {},
    };
  },
});
