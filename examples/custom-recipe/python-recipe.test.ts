import { describeInstaller, pluginContext } from "@hawser/testkit";
import python from "./python-recipe.ts";

describeInstaller("python-recipe", {
  create: async () => ({
    installer: await python.create(
      {
        service: "systemd:notes",
        health: "http://127.0.0.1:8080/",
        migrate: "python3 migrate.py",
        secrets: { MAIL_KEY: "canary-value" },
        files: [{ path: "mail.env", variables: ["MAIL_KEY"] }],
        commands: { compile: false, warm: { phase: "activate", after: "restart", run: "python3 warm.py" } },
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
