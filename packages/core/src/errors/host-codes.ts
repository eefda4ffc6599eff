import { defineErrors, type ErrorEntry, type Makers } from "./catalogue.ts";

/** A failure that the host program told; the message is the instance's own sentence. */
const told = (hint: string, retryable = false): ErrorEntry<[message: string]> => ({
  message: (message) => message,
  hint,
  retryable,
});

const toldEntries = {
  HWS_HOST_REQUEST: told(
    "the request was refused by the instance's own rules; check paths, users and URLs of the config",
  ),
  HWS_HOST_STATE: told("run `hawser status` to see what the instance holds"),
  HWS_HOST_FENCED: told("another deployer has taken over: look at `hawser history`"),
  HWS_HOST_BUSY: told("another process works on the instance: wait, or end it", true),
  HWS_HOST_OWNER: told("give this application and environment a root of its own"),
  HWS_HOST_LAYOUT: told(
    "make the deploy root of plain directories, and let only the deploy user write to it",
  ),
  HWS_HOST_DIGEST: told(
    "what arrived is not what was packed; deploy again, and check the storage if it stays so",
  ),
  HWS_HOST_SEALED: told(
    "lay an identity of one of the recipients at `.hawser/secrets/identity` below the root (docs/guide/encryption.md)",
  ),
  HWS_HOST_SIGNATURE: told(
    "what arrived was not made by a key that the instance trusts: see whether the storage was changed by others (`hawser fsck`), and whether every deployer signs",
  ),
  HWS_HOST_TRUST: told("an instance is untrusted only on purpose: docs/guide/signing.md says how"),
  HWS_HOST_DESIRED: told("what lies in storage at `desired` is no desired state: `hawser fsck` tells more"),
  HWS_HOST_ROLLED_BACK: told(
    "somebody put an old desired state back into storage, or the storage was restored: deploy again, with --adopt when it was restored on purpose",
  ),
  HWS_HOST_EQUIVOCATION: told(
    "somebody with the key signed two states of one version: find out who, and deploy again",
  ),
  HWS_HOST_EXPIRED: told(
    "sign anew what is desired (`hawser sign`, or deploy), or set the clock of the instance when it is wrong",
  ),
  HWS_HOST_LEAP: told(
    "a thief of the key may have written it: remove the key from the allowed signers, sign with another (docs/guide/signing.md), and deploy",
  ),
  HWS_HOST_FETCH: told(
    "let the instance reach storage, and give it curl; what it cannot fetch is sent over the session",
  ),
  HWS_HOST_BASE_CHANGED: told("the release is staged whole instead"),
  HWS_HOST_NO_SPACE: told("free space on the instance, or lower `keep`"),
  HWS_HOST_READ_ONLY: told("mount the file system writable and look at its kernel log"),
  HWS_HOST_PERMISSION: told(
    "let the deploy user own the root; for commands and paths of other users `hawser doctor` prints the sudo rules",
  ),
  HWS_HOST_PATH_TYPE: told(
    "what is shared outlives releases, so that a path stays a file or a directory: give the new thing another path, or move what is shared aside on every instance, then deploy again",
  ),
  HWS_HOST_SHARED_FIRST: told(
    "say at the path in `shared` what becomes of it: `adopt: true` moves it into shared, `adopt: false` leaves it behind and begins empty",
  ),
  HWS_HOST_TOOL_MISSING: told("install the tool on the instance"),
  HWS_HOST_FILE: told("look at the file system of the instance"),
  HWS_HOST_COMMAND_LOST: told(
    "the instance was restarted or the command's keeper killed: look at what the command did",
  ),
  HWS_HOST_BROKEN: told("run again; a shell that keeps failing is a fault of Hawser: please report it"),
};

const entries = {
  ...toldEntries,
  HWS_HOST_ANSWER: {
    message: (what: string): string => `the instance's answer is not valid: ${what}`,
    hint: "something on the instance writes into the session, or it cannot be trusted",
  },
  HWS_HOST_BOOT: {
    message: (why: string): string => `the host program could not be started: ${why}`,
    hint: "the login shell must run `sh` and be silent, and the instance needs a sha256 tool",
  },
  HWS_HOST_BODY: {
    message: (sizeBytes: number, found: string): string =>
      `a body of ${sizeBytes} bytes was promised and ${found}`,
    hint: "the stored object is damaged or changed while it was read",
  },
  HWS_TRANSPORT_BODY: {
    message: (verb: string, sizeBytes: number, limitBytes: number): string =>
      `the request ${verb} has ${sizeBytes} bytes, and this transport carries at most ${limitBytes}`,
    hint: "let instances fetch from storage: `delivery: auto`, a storage that signs URLs, and curl on every instance",
  },
  HWS_TRANSPORT_LOST: {
    message: (why: string): string => `the session with the instance was lost: ${why}`,
    hint: "check the network and the instance, then run again: what was done is found by looking",
    retryable: true,
  },
};

/** The codes that an instance may answer with. */
export type ToldCode = keyof typeof toldEntries;

export const isToldCode = (code: string): code is ToldCode => Object.hasOwn(toldEntries, code);

/** Errors of sessions with instances. */
export const hostErrors: Makers<typeof entries> = defineErrors(entries);
