import { defineRecipe, type Recipe } from "@hawser/installer-script";
import { properties, type StaticSiteOptions } from "./options.ts";
import { staticSite } from "./static-site.ts";

export type { StaticSiteOptions } from "./options.ts";

const recipe: Recipe<StaticSiteOptions> = defineRecipe<StaticSiteOptions>({
  name: "__name__",
  properties,
  make: staticSite,
});

export default recipe;
