import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_STORAGE_NOT_FOUND: { message: (key: string): string => `there is no object ${key} in storage` },
  HWS_STORAGE_CONFLICT: { message: (key: string): string => `${key} was stored by somebody else first` },
  HWS_STORAGE_KEY_INVALID: {
    message: (key: string): string => `${JSON.stringify(key.slice(0, 80))} cannot name an object`,
  },
  HWS_STORAGE_TRUNCATED: {
    message: (key: string, promised: number): string =>
      `${key} has another length than the ${promised} bytes that were promised`,
  },
  HWS_OBJECTS_STATUS: {
    message: (url: string, status: number): string => `${url} answers with ${status}`,
    hint: "401 and 403 speak of the token",
  },
  HWS_OBJECTS_ANSWER: {
    message: (url: string, why: string): string => `${url} cannot be understood: ${why}`,
    hint: "check the option url: it is where the objects are",
  },
  HWS_OBJECTS_UNREACHABLE: {
    message: (url: string, why: string): string => `${url} cannot be reached: ${why}`,
    retryable: true,
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
