import { defineRecipe, type Recipe } from "@hawser/installer-script";
import { type ShopwareOptions, shopwareProperties } from "./options.ts";
import { makeShopware } from "./shopware.ts";

export { type ShopwareOptions, shopwareProperties, type WorkersOptions } from "./options.ts";
export { makeShopware } from "./shopware.ts";

const shopwareInstaller: Recipe<ShopwareOptions> = defineRecipe<ShopwareOptions>({
  name: "@hawser/installer-shopware",
  properties: shopwareProperties,
  make: makeShopware,
});

export default shopwareInstaller;
