import { defineStep } from "@hawser/core";
import { describeStep } from "../src/index.ts";

const step = defineStep<{ size: { letters: number } }, { most: number }>({
  name: "size",
  needs: ["revision"],
  gives: { size: { type: "object", properties: { letters: { type: "integer" } }, required: ["letters"] } },
  run: async ({ revision }, { options, signal }) => {
    signal.throwIfAborted();
    const letters = revision.id.length;
    if (letters > options.most) throw new Error(`${letters} letters, and at most ${options.most} are meant`);
    return { size: { letters } };
  },
});

describeStep("a step of the deployer", {
  create: async () => {
    const options = { most: 10 };
    return {
      step,
      facts: { revision: { id: "4f1c2a9", exact: true } },
      options,
      refuse: async () => {
        options.most = 1;
      },
      [Symbol.asyncDispose]: async () => {},
    };
  },
});

describeStep("a step of instances", {
  create: async () => ({
    step: defineStep({
      name: "warm",
      where: "instances",
      run: async (_, { command, instance, signal }) => {
        signal.throwIfAborted();
        await command?.(`echo ${instance?.id}`);
      },
    }),
    facts: {},
    instance: { instance: { id: "web1", roles: ["web"] }, command: async () => {} },
    [Symbol.asyncDispose]: async () => {},
  }),
});
