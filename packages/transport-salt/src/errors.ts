import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_TRANSPORT_UNREACHABLE: {
    message: (minion: string, why: string): string => `the minion ${minion} does not answer: ${why}`,
    hint: "is salt-minion running there, and its key accepted on the master (salt-key -L)?",
    retryable: true,
  },
  HWS_TRANSPORT_LOST: {
    message: (minion: string, why: string): string => `the answer of the minion ${minion} was lost: ${why}`,
    hint: "check the minion and the master, then run again: what was done is found by looking",
    retryable: true,
  },
  HWS_TRANSPORT_AUTH: {
    message: (why: string): string => `the Salt master refuses this deployer: ${why}`,
    hint: "check username, password and eauth, and what external_auth allows (the plugin's README has the list)",
  },
  HWS_SALT_RESULT: {
    message: (minion: string, what: string): string => `the minion ${minion} returned ${what}`,
    hint: "the job ran `cmd.run_all`, or was to: the minion's log says more",
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
