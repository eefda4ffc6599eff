import { Secret } from "@hawser/core/plugin";
import { describeInstaller, MemoryInstaller } from "../src/index.ts";

describeInstaller("MemoryInstaller", {
  create: async () => ({
    installer: new MemoryInstaller(
      { install: [{ name: "one", run: "true", timeoutMs: 1000 }], shared: ["var/log"] },
      { APP_KEY: new Secret("canary-value") },
    ),
    secretValues: ["canary-value"],
  }),
});
