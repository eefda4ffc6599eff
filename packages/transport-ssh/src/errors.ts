import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_TRANSPORT_NO_HOST_KEYS: {
    message: (instance: string): string => `the inventory gives no host keys for ${instance}`,
    hint: "Give the instance `hostKeys` in the inventory, or set `hostKeys: knownHosts` in the transport.",
  },
};

/** The errors that this package adds to those of @hawser/ssh. */
export const errors: Makers<typeof entries> = defineErrors(entries);
