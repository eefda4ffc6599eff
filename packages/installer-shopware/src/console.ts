import type { ShopwareOptions } from "./options.ts";

/** Shopware's command line, in the release. What is put into it has passed the schema's grammar. */
export const shopware = ({ php = "php" }: ShopwareOptions, words: string): string =>
  `${php} bin/console ${words} --no-interaction`;

export const minutes = (count: number): number => count * 60_000;

/** Without the storefront there are no themes. */
export const storefrontOnly =
  "[ -d vendor/shopware/storefront ] || [ -d vendor/shopware/platform ] || exit 0";
