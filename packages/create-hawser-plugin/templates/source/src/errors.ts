import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string => `${JSON.stringify(ref.slice(0, 80))} cannot be the name of a channel`,
    hint: "a channel is named by letters and digits, with `.`, `_` or `-` between them",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (channel: string, url: string): string => `there is no channel ${channel} at ${url}`,
    hint: "check the name of the channel, and that the token may read it",
  },
  HWS_SOURCE_MOVED: {
    message: (channel: string): string => `the channel ${channel} names something else by now`,
    hint: "run again to take what it names now",
  },
  HWS_CHANNEL_STATUS: {
    message: (url: string, status: number): string => `${url} answers with ${status}`,
    hint: "401 and 403 speak of the token",
  },
  HWS_CHANNEL_ANSWER: {
    message: (url: string, why: string): string => `${url} cannot be understood: ${why}`,
    hint: "a channel's file is JSON with `version`, `archive` and `sha256`",
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
