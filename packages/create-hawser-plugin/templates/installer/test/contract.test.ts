import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import plugin from "../src/index.ts";

describeInstaller("__name__", {
  create: async () => ({
    installer: await plugin.create(
      {
        project: "shop",
        health: "http://127.0.0.1:8080/health",
        registry: "registry.example.org",
        username: "deploy",
        password: new Secret("canary-value"),
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
