import { defineErrors, type Makers } from "./catalogue.ts";

const guide = "docs/guide/encryption.md";

const entries = {
  HWS_SEALING_RECIPIENT: {
    message: (text: string, why: string): string => `\`${text}\` is no recipient of age: ${why}`,
    hint: `give the public key that \`age-keygen -y IDENTITY\` prints (${guide})`,
  },
  HWS_SEALING_IDENTITY: {
    message: (where: string, why: string): string => `the identity of age in ${where} ${why}`,
    hint: `\`encryption.identity\` is the file that \`age-keygen -o FILE\` made, or its text as a secret (${guide})`,
  },
  HWS_SEALING_NO_IDENTITY: {
    message: (what: string): string =>
      `${what} is sealed, and this deployer has no identity to open it: what only storage has, it cannot read`,
    hint: `give \`encryption.identity\` to compare with, roll back to, promote or resume what is stored (${guide})`,
  },
  HWS_SEALING_STRANGER: {
    message: (what: string): string =>
      `${what} is sealed to recipients of whom \`encryption.identity\` is none`,
    hint: `add the identity that was in use when it was stored: a file may hold several (${guide})`,
  },
  HWS_SEALING_DAMAGED: {
    message: (what: string, why: string): string => `${what} is damaged: ${why}`,
    hint: "the object was damaged or cut; deploy its revision again with --rebuild",
  },
};

/** Errors of sealing to recipients and opening with an identity. */
export const sealingErrors: Makers<typeof entries> = defineErrors(entries);
