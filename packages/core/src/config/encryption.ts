import { resolve } from "node:path";
import { Secret } from "../contracts/secret.ts";
import { configProblems } from "../errors/config-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { Identity } from "../sealing/identity.ts";
import { checkRecipient } from "../sealing/recipient.ts";
import { type DataMap, type Finding, isMap } from "./data.ts";
import type { Origins } from "./merge.ts";
import type { Encryption } from "./types.ts";

const place = ["encryption", "identity"];

/** A path is found from the folder of the config that names it. */
export const encryptionOf = (
  data: DataMap,
  origins: Origins,
  baseDirectory: string,
): Encryption | undefined => {
  if (!isMap(data.encryption)) return undefined;
  const encryption = data.encryption as unknown as Encryption;
  const { identity } = encryption;
  if (typeof identity !== "string") return encryption;
  const folder = origins.of(place)?.document.baseDirectory ?? baseDirectory;
  return { ...encryption, identity: resolve(folder, identity) };
};

/** What is wrong with recipients and identity. What no schema can say is found by reading them. */
export const encryptionFindings = async (encryption: Encryption | undefined): Promise<readonly Finding[]> => {
  const recipients = Array.isArray(encryption?.recipients) ? encryption.recipients : [];
  const texts = recipients.filter((recipient) => typeof recipient === "string");
  if (encryption === undefined || texts.length === 0 || texts.length < recipients.length) return [];
  const wrong = await Promise.all(
    texts.map(async (recipient, index) =>
      (await found(() => checkRecipient(recipient))).map((error) => ({
        path: ["encryption", "recipients", index],
        error,
      })),
    ),
  );
  return [...wrong.flat(), ...(await identityFindings(texts, encryption.identity))];
};

const identityFindings = async (
  recipients: readonly string[],
  given: Encryption["identity"],
): Promise<readonly Finding[]> => {
  if (given === undefined) return [withoutIdentity];
  if (typeof given !== "string" && !Secret.is(given)) return [];
  let identity: Identity | undefined;
  const broken = await found(async () => {
    identity = await Identity.read(given);
  });
  if (identity === undefined) return broken.map((error) => ({ path: place, error }));
  if (identity.recipients.some((recipient) => recipients.includes(recipient))) return [];
  const what = "opens nothing that is sealed to `encryption.recipients`: it is the identity of none of them";
  const hint = "add its own recipient (`age-keygen -y IDENTITY`), or name the identity of one of them";
  return [{ path: place, error: configProblems.HWS_CONFIG_RULE([what], { hint }) }];
};

const withoutIdentity: Finding = {
  path: ["encryption"],
  severity: "warning",
  error: configProblems.HWS_CONFIG_RULE(
    [
      "has recipients and no identity: this deployer cannot read back what it stored, so it sends whole archives in place of " +
        "deltas, and cannot roll back to, compare, promote or resume what another machine has built",
    ],
    { hint: "give `encryption.identity` (docs/guide/encryption.md)" },
  ),
};

const found = async (check: () => Promise<void>): Promise<readonly HawserError[]> => {
  try {
    await check();
    return [];
  } catch (error) {
    if (!HawserError.is(error)) throw error;
    return [error];
  }
};
