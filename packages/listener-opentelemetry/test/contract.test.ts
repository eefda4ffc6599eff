import { describeListener } from "@hawser/testkit";
import plugin from "../src/index.ts";
import { registerSdk } from "./sdk.ts";

describeListener("listener-opentelemetry", {
  create: async () => {
    const sdk = registerSdk();
    return {
      listener: await plugin.create({}, undefined as never),
      gathers: true,
      told: async () =>
        sdk
          .spans()
          .map(({ name, attributes, events, status }) =>
            JSON.stringify({ name, attributes, events, status }),
          ),
      [Symbol.asyncDispose]: async () => sdk.unregister(),
    };
  },
});
