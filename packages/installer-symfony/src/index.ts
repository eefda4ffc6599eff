import { defineRecipe, type Recipe } from "@hawser/installer-script";
import type { SymfonyOptions } from "./options.ts";
import { symfonyProperties } from "./schema.ts";
import { makeSymfony } from "./symfony.ts";

export type { AssetsOptions, MessengerOptions, MigrationsOptions, SymfonyOptions } from "./options.ts";
export { symfonyProperties } from "./schema.ts";
export { makeSymfony } from "./symfony.ts";

const symfonyInstaller: Recipe<SymfonyOptions> = defineRecipe<SymfonyOptions>({
  name: "@hawser/installer-symfony",
  properties: symfonyProperties,
  make: makeSymfony,
});

export default symfonyInstaller;
