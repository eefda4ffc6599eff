import { defineErrors } from "./catalogue.ts";

/** What can go wrong with the commands of a plan, beyond that one fails. */
export const commandErrors = defineErrors({
  HWS_FLEET_USER: {
    message: (me: string, what: string, _rule: string) => `${me} may not ${what}`,
    hint: (_me: string, _what: string, rule: string) =>
      `add this line with \`visudo -f /etc/sudoers.d/hawser\` on the instance: ${rule}`,
  },
  HWS_FLEET_USER_ABSENT: {
    message: (user: string) => `there is no user ${user} on the instance`,
    hint: "make the user, or name another one in the installer's options",
  },
  HWS_LEAVE_FAILED: {
    message: (release: string, why: string) => `release ${release} could not be left: ${why}`,
    hint: (_release: string, _why: string) =>
      "mend what the command needs on the instance, or say `mayFail: true` at the command of this name in the config: then it is left all the same",
  },
  HWS_ONCE_NEED: {
    message: (name: string, how: string) =>
      `whether once command ${name} is needed is not known: the question ${how}`,
    hint: "its `needed` ends with 0 when the command is needed and with 1 when it is not; its output is above and in `hawser logs`",
  },
  HWS_ONCE_LOCKED: {
    message: (name: string, lock: string, holder: string) =>
      `once command ${name} waited for the lock ${lock} in vain: it is held by ${holder}`,
    hint: "deploy again when that has ended; the lock of a deployer that died is taken over by itself",
  },
  HWS_ONCE_LOCK_NAME: {
    message: (name: string, lock: string) => `the lock of once command ${name} has no valid name: ${lock}`,
    hint: "a name has letters, digits, dots, dashes and underscores, and at most 64 of them",
  },
  HWS_LEAVE_UNKNOWN: {
    message: (release: string, why: string) =>
      `what release ${release} does when it is left cannot be read: ${why}`,
    hint: "its `leave` and `rollback` commands are not run: look after what they would have ended; `hawser fsck` tells what is wrong with the storage",
  },
});
