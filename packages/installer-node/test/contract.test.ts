import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import nodeInstaller from "../src/index.ts";

describeInstaller("installer-node", {
  create: async () => ({
    installer: await nodeInstaller.create(
      {
        service: "systemd:shop",
        stopFirst: true,
        probe: "http://127.0.0.1:3000/release",
        shared: ["var/uploads"],
        secrets: { SESSION_KEY: new Secret("canary-value") },
        files: [{ path: ".env", variables: ["SESSION_KEY"] }],
        commands: { migrate: { phase: "once.before", run: "npm run migrate", compatible: false } },
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
