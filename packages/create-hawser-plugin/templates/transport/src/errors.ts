import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_TRANSPORT_UNREACHABLE: {
    message: (instance: string, why: string): string => `${instance} cannot be reached: ${why}`,
    hint: "give the command by hand, with `sh -c true` behind it",
    retryable: true,
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
