import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import magentoInstaller from "../src/index.ts";

describeInstaller("installer-magento", {
  create: async () => ({
    installer: await magentoInstaller.create(
      {
        service: "systemd:php8.3-fpm",
        locales: ["en_US", "de_DE"],
        themes: ["Magento/luma"],
        consumers: { service: "supervisor:consumers" },
        files: [{ path: "app/etc/env.php", secret: "ENV_PHP" }],
        secrets: { ENV_PHP: new Secret("canary-value") },
        commands: { "cache-settle": false },
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
