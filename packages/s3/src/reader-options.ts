import type { Secret } from "@hawser/core/plugin";
import { refuse } from "./access.ts";

/** As whom instances read: by the role of their machine, or with a key of their own. */
export type ReaderOptions =
  | { readonly role: true }
  | { readonly accessKeyId: string; readonly secretAccessKey: Secret };

/** The reader's options as they come, before it is known which of the two they are. */
export interface GivenReader {
  readonly role?: boolean;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: Secret;
}

// Both stand in a config of curl, where a colon would end the name.
const keyName = /^[A-Za-z0-9._+=/-]{3,128}$/;
const keySecret = /^[\x21-\x7e]{8,256}$/;

/** Refuses what is neither of the two, and the deployer's own key, which may write. */
export const checkReader = (
  given: GivenReader,
  deployer: string | undefined,
  option = "reader",
): ReaderOptions => {
  const { role = false, accessKeyId, secretAccessKey } = given;
  if (role && accessKeyId === undefined && secretAccessKey === undefined) return { role };
  if (role || accessKeyId === undefined || secretAccessKey === undefined)
    return refuse(option, "give either the role of the machine or a key with its secret");
  if (!keyName.test(accessKeyId)) refuse(option, "its key is not the name of a key");
  if (!keySecret.test(secretAccessKey.reveal())) refuse(option, "its secret is not that of a key");
  if (accessKeyId === deployer) refuse(option, "it is the deployer's own key, which may write");
  return { accessKeyId, secretAccessKey };
};

export const readerProperty = {
  type: "object",
  properties: {
    role: {
      type: "boolean",
      description: "Instances read by the role of their machine (AWS, by IMDSv2).",
    },
    accessKeyId: {
      type: "string",
      minLength: 1,
      description: "A key that may read the application and write nothing. Never the deployer's own.",
    },
    secretAccessKey: { type: "string", secret: true, description: "Its secret." },
  },
  additionalProperties: false,
  description:
    "As whom instances read when they provision themselves. Default: they cannot provision themselves from this storage.",
} as const;
