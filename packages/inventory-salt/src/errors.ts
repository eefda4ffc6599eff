import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_INVENTORY_SALT_EMPTY: {
    message: (where: string): string => `${where} lists no accepted minion that is asked for`,
    hint: "an application without instances cannot be deployed: check `target`, and the keys with salt-key -L",
  },
  HWS_INVENTORY_SALT_ANSWER: {
    message: (where: string, what: string): string => `${where} gave ${what}`,
    hint: "the deployer must be allowed `@wheel: key.list_all` and `@runner: cache.grains` in external_auth",
  },
  HWS_INVENTORY_SALT_PARTIAL: {
    message: (where: string, missing: string): string => `${where} knows no grains of ${missing}`,
    hint: "a minion tells its grains when it first connects: start it, or delete its key (salt-key -d)",
  },
  HWS_INVENTORY_SALT_MINION: {
    message: (id: string, what: string): string => `the minion ${JSON.stringify(id)} ${what}`,
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
