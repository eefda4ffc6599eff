import { defineRecipe, type Recipe } from "@hawser/installer-script";
import type { JavaInstallerOptions } from "./options.ts";
import { makeJava } from "./recipe.ts";
import { javaProperties } from "./schema.ts";

export type {
  BuildOptions,
  HealthOptions,
  JavaInstallerOptions,
  JavaOptions,
  TomcatOptions,
} from "./options.ts";
export { makeJava } from "./recipe.ts";

const javaInstaller: Recipe<JavaInstallerOptions> = defineRecipe<JavaInstallerOptions>({
  name: "@hawser/installer-java",
  properties: javaProperties,
  make: makeJava,
});

export default javaInstaller;
