import { defineRecipe, type Recipe } from "@hawser/installer-script";
import { makeMagento } from "./magento.ts";
import { type MagentoOptions, magentoProperties } from "./options.ts";

export { makeMagento } from "./magento.ts";
export { type ConsumersOptions, type MagentoOptions, magentoProperties } from "./options.ts";

const magentoRecipe: Recipe<MagentoOptions> = defineRecipe<MagentoOptions>({
  name: "@hawser/installer-magento",
  properties: magentoProperties,
  make: makeMagento,
});

export default magentoRecipe;
