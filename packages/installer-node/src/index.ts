import { defineRecipe, type Recipe, serviceSchema } from "@hawser/installer-script";
import { makeNode } from "./node.ts";
import type { NodeOptions } from "./options.ts";
import { packageManagers } from "./package-manager.ts";

export { makeNode } from "./node.ts";
export type { NodeOptions } from "./options.ts";
export type { PackageManager } from "./package-manager.ts";

const nodeInstaller: Recipe<NodeOptions> = defineRecipe<NodeOptions>({
  name: "@hawser/installer-node",
  properties: {
    manager: { enum: packageManagers },
    npmrc: {
      type: "string",
      pattern: "^/[^\\u0000-\\u001f]*$",
      description: "an absolute path on the deployer",
    },
    build: {
      anyOf: [
        { const: false },
        {
          type: "string",
          pattern: "^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$",
          description: "the name of a script, or false",
        },
      ],
    },
    service: serviceSchema,
    stopFirst: { type: "boolean" },
    probe: { type: "string", pattern: "^https?://[^\\s]+$" },
  },
  required: [],
  make: makeNode,
});

export default nodeInstaller;
