import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { errors } from "./errors.ts";
import type { SvnSourceOptions } from "./options.ts";
import type { SvnUrl } from "./svn-url.ts";

/**
 * What svn starts in place of its own ssh. svn splits this text into words itself, so it is constant, and what varies
 * comes from the environment; what svn adds, the host as it reads it from the URL, is thrown away for the same reason.
 */
const tunnel = [
  "/bin/sh -c '",
  'set -- -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/etc/ssh/ssh_known_hosts -o UserKnownHostsFile="$HAWSER_SSH_KNOWN_HOSTS" ',
  "-o UpdateHostKeys=no -o ForwardAgent=no -o ForwardX11=no -o ClearAllForwardings=yes -o PermitLocalCommand=no ",
  "-o ControlMaster=no -o ControlPath=none -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 ",
  '-p "$HAWSER_SSH_PORT" -- "$HAWSER_SSH_TARGET" svnserve -t; ',
  'if [ -n "$HAWSER_SSH_KEY" ]; then set -- -o IdentityFile="$HAWSER_SSH_KEY" -o IdentitiesOnly=yes -o IdentityAgent=none "$@"; fi; ',
  'exec ssh "$@"',
  "'",
].join("");

/** ssh expands `%` and `${}` in a path and splits it at quotes: such paths are refused or doubled. */
const sshPath = async (option: string, path: string): Promise<string> => {
  if (/["\\$\u0000-\u001f\u007f]/.test(path))
    throw errors.HWS_SVN_OPTION([option, "the path has a character that ssh would expand"]);
  await access(path).catch((cause) => {
    throw errors.HWS_SVN_OPTION([option, `${path} cannot be read`], { cause });
  });
  return sshWord(path);
};

/** In quotes, for ssh splits an option's value at spaces. */
const sshWord = (path: string): string => `"${path.replaceAll("%", "%%")}"`;

/** The environment of an svn that reaches its server through ssh. */
export const tunnelEnvironment = async (
  { privateKey, knownHosts }: SvnSourceOptions,
  { host, port = 22 }: SvnUrl,
  user: string | undefined,
): Promise<Readonly<Record<string, string>>> => {
  const known = knownHosts === undefined ? undefined : await sshPath("knownHosts", knownHosts);
  const agent = process.env.SSH_AUTH_SOCK;
  return {
    SVN_SSH: tunnel,
    HAWSER_SSH_TARGET: user === undefined ? host : `${user}@${host}`,
    HAWSER_SSH_PORT: String(port),
    HAWSER_SSH_KNOWN_HOSTS: known ?? sshWord(join(homedir(), ".ssh", "known_hosts")),
    ...(privateKey === undefined
      ? agent !== undefined && { SSH_AUTH_SOCK: agent }
      : { HAWSER_SSH_KEY: await sshPath("privateKey", privateKey) }),
  };
};
