import { describeListener } from "@hawser/testkit";
import { openTrial } from "./trial.ts";

for (const options of [{}, { run: "exec ./notify.sh" }]) {
  describeListener(`listener-command by ${Object.keys(options)[0] ?? "argv"}`, {
    create: async () => {
      const trial = await openTrial(options);
      return {
        listener: trial.listener,
        told: async () => trial.told(),
        fail: () => trial.how("fail"),
        hang: () => trial.how("hang"),
        [Symbol.asyncDispose]: () => trial[Symbol.asyncDispose](),
      };
    },
  });
}
