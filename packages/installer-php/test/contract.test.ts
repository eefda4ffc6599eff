import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import phpInstaller from "../src/index.ts";

describeInstaller("installer-php", {
  create: async () => ({
    installer: await phpInstaller.create(
      {
        composer: { home: "/var/lib/deploy/composer" },
        service: "systemd:php8.2-fpm",
        probe: { http: "http://127.0.0.1/release.php", page: "public/release.php" },
        shared: ["var/uploads/"],
        files: [{ path: ".env", variables: ["DATABASE_URL"] }],
        secrets: { DATABASE_URL: new Secret("canary-value") },
        commands: { migrate: { phase: "once.before", run: "php bin/migrate.php" } },
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});
