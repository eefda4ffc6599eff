import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const packages = fileURLToPath(new URL("../../..", import.meta.url));
const jiti = createJiti(import.meta.url, {
  alias: {
    "@hawser/core/plugin": `${packages}/core/src/plugin.ts`,
    "@hawser/core": `${packages}/core/src/index.ts`,
  },
});
await jiti.import("./hawser.ts");
