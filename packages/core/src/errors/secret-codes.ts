import { defineErrors, type Makers } from "./catalogue.ts";

const entries = {
  HWS_SECRET_MISSING: {
    message: (name: string): string =>
      `the stored install plan names the secret ${name}, which this config does not give`,
    hint: "add it to the installer's `secrets`",
  },
};

/** What is wrong with the secrets of an application. */
export const secretErrors: Makers<typeof entries> = defineErrors(entries);
