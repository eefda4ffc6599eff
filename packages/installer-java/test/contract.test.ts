import { Secret } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import javaInstaller from "../src/index.ts";

describeInstaller("installer-java with a jar", {
  create: async () => ({
    installer: await javaInstaller.create(
      {
        jar: "target/shop-*.jar",
        build: "maven",
        ship: ["target/lib"],
        java: { options: ["-Xmx512m"], envFile: "app.env" },
        service: "systemd:shop",
        secrets: { DATABASE_URL: new Secret("canary-value") },
        files: [{ path: "app.env", variables: ["DATABASE_URL"] }],
      },
      pluginContext(),
    ),
    secretValues: ["canary-value"],
  }),
});

describeInstaller("installer-java with a war", {
  create: async () => ({
    installer: await javaInstaller.create({ war: "shop.war", service: "systemd:tomcat10" }, pluginContext()),
    secretValues: [],
  }),
});
