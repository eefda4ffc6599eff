import type { MagentoOptions } from "./options.ts";

/** Magento's command line, in the release. */
export const magento = ({ php = "php" }: MagentoOptions, words: string): string =>
  `${php} bin/magento ${words} --no-interaction`;

export const minutes = (count: number): number => count * 60_000;
