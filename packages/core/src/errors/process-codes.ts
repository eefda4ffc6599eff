import { defineErrors, type Makers } from "./catalogue.ts";

const entries = {
  HWS_PROCESS_NOT_FOUND: {
    message: (file: string): string => `the program ${file} was not found`,
    hint: "install it on the deployer, or put its folder on PATH",
  },
  HWS_PROCESS_DIRECTORY: {
    message: (directory: string): string => `the directory ${directory} to run a program in does not exist`,
  },
  HWS_PROCESS_ARGUMENT: {
    message: (file: string): string => `an argument or value for ${file} holds a zero byte`,
    hint: "no program can be given such a value; mend the option it came from",
  },
  HWS_PROCESS_FAILED: {
    message: (file: string, why: string): string => `the program ${file} could not be started: ${why}`,
  },
  HWS_PROCESS_TIMEOUT: {
    message: (file: string, ms: number): string =>
      `the program ${file} was ended after its limit of ${ms} ms`,
    retryable: true,
  },
  HWS_CALL_TIMEOUT: {
    message: (method: string, ms: number): string => `${method} did not answer within ${ms} ms`,
    hint: "look at the server or network behind it",
    retryable: true,
  },
};

/** What can go wrong with a program that core runs, or with a call of a plugin that takes too long. */
export const processErrors: Makers<typeof entries> = defineErrors(entries);
