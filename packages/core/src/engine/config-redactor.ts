import { Redactor } from "../config/redaction.ts";
import type { NormalConfig } from "../config/types.ts";

/** Hides every secret that the config names. */
export const redactorOf = (config: NormalConfig): Redactor => {
  const redactor = new Redactor();
  for (const block of blocksOf(config)) redactor.addFrom(block.options);
  redactor.addFrom(config.signing);
  redactor.addFrom(config.encryption);
  return redactor;
};

const blocksOf = (config: NormalConfig) => [
  config.source,
  config.storage,
  config.transport,
  config.installer,
  config.inventory,
  ...Object.values(config.loadBalancers),
  ...config.listeners,
];
