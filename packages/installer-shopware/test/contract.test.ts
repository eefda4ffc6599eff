import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import shopwareInstaller from "../src/index.ts";

describeInstaller("installer-shopware", {
  create: async () => ({
    installer: await shopwareInstaller.create(
      {
        service: "systemd:php8.3-fpm",
        workers: { service: "supervisor:workers:*" },
        files: [{ path: ".env.local", variables: ["DATABASE_URL"] }],
        secrets: { DATABASE_URL: new Secret("canary-value") },
        commands: { theme: false },
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
