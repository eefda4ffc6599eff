import { createHash } from "node:crypto";
import { sealingErrors } from "../errors/sealing-codes.ts";
import { loadAge } from "./age.ts";

const grammar = /^age1[02-9ac-hj-np-z]{58}$/;

/** Why a text is no recipient of age's that every version of age opens. */
const why = (text: string): string | undefined => {
  if (grammar.test(text)) return undefined;
  if (/^AGE-SECRET-KEY-/i.test(text)) return "it is an identity, which must stay secret";
  if (/^ssh-/.test(text)) return "keys of SSH are not sealed to";
  if (/^age1(?:pq|tag)/.test(text)) return "only recipients of X25519 are sealed to, which every age opens";
  return "it is not `age1` and 58 letters and digits";
};

/** Refuses what is no recipient: `HWS_SEALING_RECIPIENT`. A mistyped one is found by its checksum. */
export const checkRecipient = async (text: string): Promise<void> => {
  // An identity that was given by mistake is not shown.
  const shown = /^AGE-SECRET-KEY-/i.test(text) ? "[redacted]" : text.slice(0, 80);
  const wrong = why(text);
  if (wrong !== undefined) throw sealingErrors.HWS_SEALING_RECIPIENT([shown, wrong]);
  const { Encrypter } = await loadAge();
  try {
    new Encrypter().addRecipient(text);
  } catch (error) {
    throw sealingErrors.HWS_SEALING_RECIPIENT([shown, "its checksum is wrong: it was mistyped or cut"], {
      cause: error,
    });
  }
};

/** Names a set of recipients, whatever their order: 64 hexadecimal digits. */
export const recipientsDigest = (recipients: readonly string[]): string =>
  createHash("sha256")
    .update(
      [...new Set(recipients)]
        .sort()
        .map((recipient) => `${recipient}\n`)
        .join(""),
    )
    .digest("hex");
