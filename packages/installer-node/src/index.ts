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
    manager: {
      enum: packageManagers,
      default: "npm",
      description: "What installs the packages, by its lock file.",
    },
    npmrc: {
      type: "string",
      pattern: "^/[^\\u0000-\\u001f]*$",
      description: "an absolute path on the deployer, of a file with npm's settings",
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
      description:
        "The script of `package.json` that builds the application. Default: `build` where there is one.",
    },
    service: serviceSchema,
    stopFirst: {
      type: "boolean",
      default: false,
      description: "The old process ends before the switch, and the new one starts after it.",
    },
    probe: {
      type: "string",
      pattern: "^https?://[^\\s]+$",
      description: "an address of http or https, asked on each instance: its answer holds the release's id",
    },
  },
  required: [],
  make: makeNode,
});

export default nodeInstaller;
