import { createEngine, defineConfig, use } from "@hawser/core";
import pageSource from "./page-source.ts";

const config = defineConfig({
  app: "notice",
  source: use(pageSource, { directory: "./pages", page: "notice" }),
  storage: { use: "@hawser/storage-fs", with: { directory: "./storage" } },
  transport: { use: "@hawser/transport-local" },
  installer: { use: "@hawser/installer-script" },
  inventory: {
    use: "@hawser/inventory-static",
    with: {
      instances: [{ id: "web1", address: "localhost", root: process.env["WEB_ROOT"] ?? "/tmp/notice" }],
    },
  },
});

await using engine = await createEngine(config, { baseDirectory: process.cwd() });
const run = engine.deploy({ message: "from a script" });
for await (const event of run) if (event.type === "step") console.log(event.step, event.phase);
const result = await run.result;
console.log(JSON.stringify(result));
process.exitCode = result.exitCode;
