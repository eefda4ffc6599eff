import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import scriptInstaller from "../src/index.ts";

describeInstaller("installer-script", {
  create: async () => ({
    installer: await scriptInstaller.create(
      {
        prepare: ["composer install"],
        install: ["bin/warm", { run: "bin/other", roles: ["worker"] }],
        once: { before: [{ name: "migrate", run: "bin/migrate", compatible: false }] },
        shared: ["var/log/", "public/media"],
        writable: ["var/cache"],
        generated: ["var/cache"],
        check: { http: "http://127.0.0.1/health" },
        secrets: { APP_KEY: new Secret("canary-value") },
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
