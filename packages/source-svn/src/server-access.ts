import { access } from "node:fs/promises";
import type { Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { SvnSourceOptions } from "./options.ts";
import { tunnelEnvironment } from "./ssh-tunnel.ts";
import { hrefOf, isUserName, type SvnUrl } from "./svn-url.ts";

/** What an svn that talks to the server is given. */
export interface ServerAccess {
  /** What is at the other end, for messages. */
  readonly url: SvnUrl;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly password?: Secret;
}

const only: Readonly<Record<"password" | "ca" | "privateKey" | "knownHosts", readonly string[]>> = {
  password: ["svn", "http", "https"],
  ca: ["https"],
  privateKey: ["svn+ssh"],
  knownHosts: ["svn+ssh"],
};

/** Refuses credentials that the URL's protocol would silently leave unused, or that svn would misread. */
export const checkAccess = (options: SvnSourceOptions, url: SvnUrl): void => {
  for (const [name, protocols] of Object.entries(only) as [keyof typeof only, readonly string[]][]) {
    if (options[name] !== undefined && !protocols.includes(url.protocol))
      throw errors.HWS_SVN_OPTION([name, `it is for ${protocols.join(", ")}, and the URL is ${hrefOf(url)}`]);
  }
  const { username, password, ca } = options;
  if (username !== undefined && !isUserName(username))
    throw errors.HWS_SVN_OPTION(["username", "it has a character that is not allowed"]);
  if (username !== undefined && url.user !== undefined && username !== url.user)
    throw errors.HWS_SVN_OPTION(["username", "the URL names another user"]);
  if (password !== undefined && (username ?? url.user) === undefined)
    throw errors.HWS_SVN_OPTION(["password", "there is no username for it"]);
  if (password !== undefined && /[\u0000\r\n]/.test(password.reveal()))
    throw errors.HWS_SVN_OPTION(["password", "it is more than one line"]);
  if (ca !== undefined && /[;%\u0000-\u001f\u007f]/.test(ca))
    throw errors.HWS_SVN_OPTION(["ca", "the path has a character that svn would expand"]);
};

const setting = (file: "config" | "servers", section: string, name: string, value: string): string =>
  `--config-option=${file}:${section}:${name}=${value}`;

/** svn follows redirects and answers every server with the password: other hosts are behind a proxy that is not there. */
const ownHostOnly = ({ host }: SvnUrl): readonly string[] => [
  setting("servers", "global", "http-proxy-host", "127.0.0.1"),
  setting("servers", "global", "http-proxy-port", "1"),
  setting("servers", "global", "http-proxy-exceptions", host.replaceAll(/[[\]]/g, "")),
  setting("servers", "global", "http-timeout", "120"),
];

const trust = (ca: string | undefined): readonly string[] =>
  ca === undefined
    ? []
    : [
        setting("servers", "global", "ssl-authority-files", ca),
        setting("servers", "global", "ssl-trust-default-ca", "no"),
      ];

/** The options and the environment for a server; the grammar of each was checked by `checkAccess`. */
export const accessTo = async (options: SvnSourceOptions, url: SvnUrl): Promise<ServerAccess> => {
  const { username = url.user, password, ca } = options;
  // The machine's configuration could name another program, and a redirect could lead to it: without SVN_SSH it is `false`.
  const tunnel = setting("config", "tunnels", "ssh", "$SVN_SSH false");
  if (url.protocol === "svn+ssh")
    return { url, argv: [tunnel], env: await tunnelEnvironment(options, url, username) };
  if (ca !== undefined)
    await access(ca).catch((cause) => {
      throw errors.HWS_SVN_OPTION(["ca", `${ca} cannot be read`], { cause });
    });
  return {
    url,
    argv: [
      tunnel,
      ...(url.protocol === "svn" ? [] : [...ownHostOnly(url), ...trust(ca)]),
      ...(username === undefined ? [] : ["--username", username]),
    ],
    env: {},
    ...(password !== undefined && { password }),
  };
};
