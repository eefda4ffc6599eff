import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folder } from "./process.ts";

const plugin = (kind: string): string => `export default {
  apiVersion: 1,
  kind: "${kind}",
  name: "own-${kind}",
  schema: {
    type: "object",
    properties: { path: { type: "string" }, token: { type: "string", secret: true } },
    additionalProperties: false,
  },
  create: () => ({}),
};
`;

const kinds = ["source", "storage", "transport", "installer", "inventory"];
const blocks = kinds.map((kind) => `${kind}: { use: ./${kind}.mjs }`).join("\n");

/** A folder with a plugin of each kind in a file, and a config that uses them. */
export const configFolder = async (more = ""): Promise<string> => {
  const directory = await folder();
  for (const kind of kinds) await writeFile(join(directory, `${kind}.mjs`), plugin(kind));
  await writeFile(join(directory, "hawser.yaml"), `app: shop\n${blocks}\n${more}`);
  return directory;
};
