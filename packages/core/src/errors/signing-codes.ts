import { defineErrors, type Makers } from "./catalogue.ts";

const entries = {
  HWS_SIGNING_FILE: {
    message: (what: string, path: string, why: string): string =>
      `the file of ${what}, ${path}, cannot be read: ${why}`,
    hint: "check the paths of the config's `signing`; they are relative to the config's folder",
  },
  HWS_SIGNING_SIGNERS: {
    message: (file: string, line: number, why: string): string => `line ${line} of ${file} ${why}`,
    hint: "ssh-keygen would pass over a line that it cannot read, Hawser refuses the file: mend or remove the line",
  },
  HWS_SIGNING_PRINCIPAL: {
    message: (principal: string, file: string): string => `${file} has no key of ${principal}`,
    hint: "`signing.principal` is the name that stands first in the lines of the file of allowed signers",
  },
  HWS_SIGNING_NOT_CONFIGURED: {
    message: (): string => "this config has no `signing`",
    hint: "name the key and the allowed signers in the config first (docs/guide/signing.md)",
  },
  HWS_SIGNING_NO_KEY: {
    message: (): string => "this deployer has no key to sign with: it can only verify",
    hint: "name the private key, or the public key of one that an agent holds, as `signing.key`",
  },
  HWS_SIGNING_FAILED: {
    message: (why: string): string => `ssh-keygen did not sign: ${why}`,
    hint: "the key must have no passphrase or be held by an agent (`signing.key` then names its public key, and SSH_AUTH_SOCK the agent)",
  },
  HWS_SIGNING_KEY_UNTRUSTED: {
    message: (why: string): string => `what this deployer signs, its own config does not believe: ${why}`,
    hint: "add the public key to the file of allowed signers under `signing.principal`, or sign with a key that is there",
  },
  HWS_SIGNATURE_MISSING: {
    message: (what: string): string => `${what} is not signed`,
    hint: "it was stored before signing was configured, or changed by somebody else: `hawser sign --unsigned` signs what you vouch for",
  },
  HWS_SIGNATURE_WRONG: {
    message: (what: string, why: string): string => `the signature of ${what} does not hold: ${why}`,
    hint: "somebody without the key changed it in storage, or the key is no longer allowed: `hawser fsck` lists what is damaged",
  },
  HWS_SIGNATURE_UNEXPECTED: {
    message: (what: string): string =>
      `${what} is signed, and this config has no \`signing\` to verify it by`,
    hint: "give this config the `signing` block of the others; an unverified signature is worth nothing",
  },
  HWS_SIGNING_NO_VERIFIER: {
    message: (ed25519: boolean): string =>
      ed25519
        ? "the instance has no `ssh-keygen -Y verify`, its openssl verifies ed25519 only, and this application may be signed by other keys"
        : "the instance has neither `ssh-keygen -Y verify` nor an openssl that verifies ed25519, and this application is signed",
    hint: "install OpenSSH 8.2 or newer on the instance (Alpine: openssh-keygen); OpenSSL 3 is enough where all keys are ed25519",
  },
  HWS_SIGNING_TRUST_LAID: {
    message: (): string => "the instance demands signatures, and this config has no `signing`",
    hint: "give this config the `signing` block of the one that laid the trust there",
  },
};

/** Errors of signing and of verifying what was signed. */
export const signingErrors: Makers<typeof entries> = defineErrors(entries);
