import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import recipe from "../src/index.ts";

describeInstaller("__name__", {
  create: async () => ({
    installer: await recipe.create(
      {
        output: "public",
        server: "systemd:nginx",
        health: "http://127.0.0.1/version.txt",
        secrets: { SEARCH_KEY: new Secret("canary-value") },
        commands: {
          dependencies: false,
          index: { phase: "activate", after: "reload", run: "./reindex $HAWSER_SECRET_SEARCH_KEY" },
        },
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
