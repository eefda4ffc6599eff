import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { resolve } from "node:path";
import type { Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** How a plugin reaches salt-api. */
export interface SaltAccess {
  /** Of rest_cherrypy, `https://…`. */
  readonly url: string;
  readonly username: string;
  readonly password: Secret;
  /** The module of external authentication on the master. Default `pam`. */
  readonly eauth?: string;
  /** A file in PEM with the authorities that are trusted instead of the system's. */
  readonly ca?: string;
  /** Sends the password in the clear to a host that is not this one. Default false. */
  readonly allowPlaintext?: boolean;
}

/** The properties of these options in a plugin's schema. */
export const accessProperties = {
  url: { type: "string", minLength: 1, description: "salt-api (rest_cherrypy), https://host:port." },
  username: { type: "string", minLength: 1, description: "Who logs in to salt-api." },
  password: { type: "string", minLength: 1, secret: true, description: "The password of external_auth." },
  eauth: {
    type: "string",
    pattern: "^[a-z0-9_]{1,64}$",
    description: "The module of external_auth on the master; default pam.",
  },
  ca: {
    type: "string",
    minLength: 1,
    path: true,
    description: "A PEM file of authorities, in place of the system's.",
  },
  allowPlaintext: {
    type: "boolean",
    description: "Sends the password in the clear to another host over http; default false.",
  },
} as const;

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || (isIP(host) === 4 && host.startsWith("127."));

/** The address without a last slash. Plain HTTP is for this machine alone, unless it is said. */
export const addressOf = ({ url, allowPlaintext }: SaltAccess): string => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol))
    throw errors.HWS_SALT_OPTION(["url", "it is not an https:// URL"]);
  if (parsed.username !== "" || parsed.password !== "" || parsed.search !== "" || parsed.hash !== "")
    throw errors.HWS_SALT_OPTION(["url", "it holds more than scheme, host, port and path"]);
  if (parsed.protocol === "http:" && allowPlaintext !== true && !isLoopback(parsed.hostname))
    throw errors.HWS_SALT_OPTION(["url", "http:// would send the password in the clear to another host"], {
      hint: "use https://; where the network is trusted, allowPlaintext: true sends it all the same",
    });
  return parsed.href.replace(/\/+$/, "");
};

/** The text of the trusted certificates, when some are given. */
export const authoritiesOf = async (
  ca: string | undefined,
  baseDirectory: string,
): Promise<string | undefined> => {
  if (ca === undefined) return undefined;
  const path = resolve(baseDirectory, ca);
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw errors.HWS_SALT_CA([path, cause instanceof Error ? cause.message : String(cause)], { cause });
  }
};
