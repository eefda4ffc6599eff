import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_REGISTER_STATUS: {
    message: (url: string, status: number): string => `${url} answers with ${status}`,
    hint: "401 and 403 speak of the token, 404 of the group",
  },
  HWS_REGISTER_ANSWER: {
    message: (url: string, why: string): string => `${url} cannot be understood: ${why}`,
    hint: "it is JSON with `total` and `machines`, each with `name`, `address` and `state`",
  },
  HWS_REGISTER_EMPTY: {
    message: (group: string): string => `the group ${group} has no machine`,
    hint: "check the group's name; a fleet of nothing is never what is meant",
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
