import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import scriptInstaller from "../src/index.ts";

describeInstaller("installer-script", {
  create: async () => ({
    installer: await scriptInstaller.create(
      {
        prepare: ["composer install"],
        install: ["bin/warm", { run: "bin/other", roles: ["worker"] }],
        leave: [{ run: "bin/stop", mayFail: true }],
        once: { before: [{ name: "migrate", run: "bin/migrate", compatible: false, needed: "bin/old" }] },
        maintenance: { on: ["bin/away"], off: ["bin/back"] },
        files: [{ path: ".env", variables: ["APP_KEY"] }],
        shared: [{ path: "var/log/", mode: "2775", adopt: true }, "public/media"],
        writable: [{ path: "var/cache", group: "web" }],
        generated: ["var/cache"],
        check: { http: "http://127.0.0.1/health" },
        secrets: { APP_KEY: new Secret("canary-value") },
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
