import { defineRecipe, type Recipe } from "@hawser/installer-script";
import type { PhpOptions } from "./options.ts";
import { makePhp } from "./php.ts";
import { phpProperties } from "./schema.ts";

export type { ComposerOptions, PhpOptions, ProbeOptions } from "./options.ts";
export { makePhp } from "./php.ts";
export { phpProperties, plainPath } from "./schema.ts";

const phpInstaller: Recipe<PhpOptions> = defineRecipe<PhpOptions>({
  name: "@hawser/installer-php",
  properties: phpProperties,
  make: makePhp,
});

export default phpInstaller;
