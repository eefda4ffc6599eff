import { describeSource } from "@hawser/testkit";
import { gitTrial } from "./trial.ts";

describeSource("source-git on a path", {
  create: () =>
    gitTrial(async (_root, { directory }) => ({
      options: { url: directory, ref: "main" },
      [Symbol.asyncDispose]: async () => {},
    })),
});
