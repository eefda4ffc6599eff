import { defineErrors } from "./catalogue.ts";

/** What can go wrong with the commands of a plan, beyond that one fails. */
export const commandErrors = defineErrors({
  HWS_LEAVE_FAILED: {
    message: (release: string, why: string) => `release ${release} could not be left: ${why}`,
    hint: (_release: string, _why: string) =>
      "mend what the command needs on the instance, or say `mayFail: true` at the command of this name in the config: then it is left all the same",
  },
  HWS_LEAVE_UNKNOWN: {
    message: (release: string, why: string) =>
      `what release ${release} does when it is left cannot be read: ${why}`,
    hint: "its `leave` and `rollback` commands are not run: look after what they would have ended; `hawser fsck` tells what is wrong with the storage",
  },
});
