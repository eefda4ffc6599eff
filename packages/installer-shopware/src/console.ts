import type { NamedCommand } from "@hawser/installer-script";
import type { ShopwareOptions } from "./options.ts";

/** Shopware's command line, in the release. What is put into it has passed the schema's grammar. */
export const shopware = ({ php = "php" }: ShopwareOptions, words: string): string =>
  `${php} bin/console ${words} --no-interaction`;

export const minutes = (count: number): number => count * 60_000;

/** Clears what visitors get from a cache, and what the application read from the database. */
export const clearPools = (options: ShopwareOptions): string =>
  shopware(options, "cache:pool:clear cache.http cache.object");

/** Without the storefront there are no themes. */
export const storefrontOnly =
  "[ -d vendor/shopware/storefront ] || [ -d vendor/shopware/platform ] || exit 0";

/** The themes that are in use, where there is a storefront. */
export const compileThemes = (options: ShopwareOptions): NamedCommand => ({
  name: "theme",
  run: `${storefrontOnly}\nexec ${shopware(options, "theme:compile --active-only")}`,
  timeoutMs: minutes(30),
});
