import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_TRANSPORT_ROOT: {
    message: (instance: string, root: string): string =>
      `the deploy root ${JSON.stringify(root)} of ${instance} is not an absolute path`,
    hint: "give each instance its own absolute `root` in the inventory, or set the config's `root`",
  },
  HWS_TRANSPORT_UNREACHABLE: {
    message: (why: string): string => `the shell of this machine cannot be started: ${why}`,
    hint: "transport-local needs a POSIX `sh` in the PATH",
    retryable: true,
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
