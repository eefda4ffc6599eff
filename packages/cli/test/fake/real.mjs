import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

// The command line as it is shipped, run from the sources of all packages.
const packages = fileURLToPath(new URL("../../..", import.meta.url));
const alias = {
  "@hawser/core/plugin": `${packages}/core/src/plugin.ts`,
  "@hawser/report/text": `${packages}/report/src/text.ts`,
};
for (const name of readdirSync(packages)) alias[`@hawser/${name}`] = `${packages}/${name}/src/index.ts`;

const { main } = await createJiti(import.meta.url, { alias }).import("../../src/main.ts");
process.exit(await main(process.argv.slice(2)));
