import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import symfonyInstaller from "../src/index.ts";

describeInstaller("installer-symfony", {
  create: async () => ({
    installer: await symfonyInstaller.create(
      {
        service: "systemd:php8.2-fpm",
        probe: "http://127.0.0.1/release",
        assets: { mapper: true, build: "npm" },
        dumpEnv: "console",
        migrations: { lock: "shop-database" },
        messenger: { service: "supervisor:messenger:*", roles: ["worker"] },
        user: "www-data",
        files: [{ path: ".env.local", variables: ["APP_SECRET"], group: "www-data", mode: "0640" }],
        secrets: { APP_SECRET: new Secret("canary-value") },
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
