import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_LISTENER_OPTIONS: {
    message: (): string => "the command of a listener is given twice, by argv and by run",
    hint: "keep one of the two",
  },
  HWS_LISTENER_EXIT: {
    message: (program: string, how: string, said: string): string =>
      `${program} ended with ${how}${said === "" ? "" : `: ${said}`}`,
    hint: "try it by hand with the event of the README on standard input",
  },
  HWS_LISTENER_LATE: {
    message: (program: string, ms: number): string => `${program} did not end within ${ms} ms and was killed`,
    hint: "let it hand the work on, or raise `timeoutMs` (at most 4500)",
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
