import type { Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** Options of a plugin that say where AWS is, and as whom it is asked. */
export interface AwsAccess {
  readonly region?: string;
  readonly endpoint?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: Secret;
  readonly sessionToken?: Secret;
  readonly ca?: string;
}

/** The schema of these options. */
export const accessProperties = {
  region: {
    type: "string",
    minLength: 1,
    description:
      "The region. Default: AWS_REGION or the AWS profile's; us-east-1 with an endpoint of your own.",
  },
  endpoint: {
    type: "string",
    minLength: 1,
    description: "The URL of a server that speaks AWS's protocol, such as a VPC endpoint. Default: AWS.",
  },
  accessKeyId: {
    type: "string",
    minLength: 1,
    description:
      "The access key. Default: the usual places of AWS: environment, profile, the role of the machine.",
  },
  secretAccessKey: { type: "string", secret: true, description: "The secret of the access key." },
  sessionToken: { type: "string", secret: true, description: "The token of a temporary access key." },
  ca: {
    type: "string",
    path: true,
    description:
      "A file with the certificates of the authorities that are trusted (PEM). Default: the system's.",
  },
} as const;

const regionName = /^[a-z0-9-]{1,60}$/;

/** Refuses an option that cannot be meant. A library that stands on this one has an error of its own for it. */
export type Refuse = (option: string, why: string) => never;

export const refuseOption: Refuse = (option, why) => {
  throw errors.HWS_AWS_OPTION([option, why]);
};

/** Refuses what cannot be meant before anything is loaded or sent. */
export const checkAccess = (access: AwsAccess, refuse: Refuse = refuseOption): void => {
  const { region, endpoint, accessKeyId, secretAccessKey, sessionToken } = access;
  if (endpoint !== undefined) originOf(endpoint, refuse);
  if (region !== undefined && !regionName.test(region)) refuse("region", "it is not the name of a region");
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    refuse("accessKeyId", "it belongs together with secretAccessKey");
  if (sessionToken !== undefined && accessKeyId === undefined)
    refuse("sessionToken", "it belongs to an access key");
};

/** An endpoint as an origin. */
export const originOf = (endpoint: string, refuse: Refuse = refuseOption): string => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const plain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === "" &&
    url.pathname === "/";
  return plain ? url.origin : refuse("endpoint", "it is not http(s)://host:port alone");
};
