import { fileURLToPath } from "node:url";
import { defineConfig, use } from "@hawser/core";
import script from "@hawser/installer-script";
import fixed from "@hawser/inventory-static";
import directory from "@hawser/source-directory";
import fs from "@hawser/storage-fs";
import local from "@hawser/transport-local";

export default defineConfig({
  app: "hello",
  source: use(directory, { path: "./app" }),
  storage: use(fs, { directory: "./storage" }),
  transport: use(local, {}),
  inventory: use(fixed, {
    instances: [{ id: "web1", address: "localhost", root: fileURLToPath(new URL("web1", import.meta.url)) }],
  }),
  installer: use(script, {
    prepare: ["sh bin/build"],
    install: ["sh bin/warm-up"],
    activate: ["sh bin/restart"],
    shared: ["run/"],
    check: { command: "sh bin/healthy", timeoutMs: 15_000 },
  }),
});
