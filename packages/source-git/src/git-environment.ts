import { access, chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { GitUrl } from "./git-url.ts";
import type { GitSourceOptions } from "./options.ts";

export type GitEnvironment = Readonly<Record<string, string | Secret>>;

/**
 * What git calls instead of ssh. The text is constant and takes what varies from its environment: git would hand
 * GIT_SSH_COMMAND to a shell, and a path in it would be a shell word.
 */
const sshScript = `#!/bin/sh
if [ -n "$HAWSER_SSH_KEY" ]; then
  set -- -o IdentityFile="$HAWSER_SSH_KEY" -o IdentitiesOnly=yes -o IdentityAgent=none "$@"
fi
exec ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/etc/ssh/ssh_known_hosts \\
  -o UserKnownHostsFile="$HAWSER_SSH_KNOWN_HOSTS" -o UpdateHostKeys=no -o ForwardAgent=no -o ForwardX11=no \\
  -o ClearAllForwardings=yes -o PermitLocalCommand=no -o ControlMaster=no -o ControlPath=none -o ConnectTimeout=20 \\
  -o ServerAliveInterval=15 -o ServerAliveCountMax=4 "$@"
`;

/** Answers git's question for a user name or password, and only when it is asked for the expected server. */
const askPassScript = `#!/bin/sh
case $1 in
  "Username for '$HAWSER_GIT_ORIGIN'"*) printf '%s\\n' "$HAWSER_GIT_USER" ;;
  "Password for '"*"$HAWSER_GIT_AUTHORITY'"*) printf '%s\\n' "$HAWSER_GIT_TOKEN" ;;
  *) exit 1 ;;
esac
`;

const config: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.symlinks": "false",
  "core.fileMode": "true",
  "core.autocrlf": "false",
  "core.eol": "lf",
  "core.protectHFS": "true",
  "core.protectNTFS": "true",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "credential.helper": "",
  "http.followRedirects": "false",
  "http.lowSpeedLimit": "1",
  "http.lowSpeedTime": "120",
  "fetch.recurseSubmodules": "false",
  "fetch.unpackLimit": "1",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "protocol.version": "2",
  "submodule.recurse": "false",
};

/** The environment of every git: no file of the machine or the user is read, and nothing is asked. */
const fixed = (): Record<string, string> => {
  const environment: Record<string, string> = {
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_ASKPASS: "/bin/false",
    SSH_ASKPASS_REQUIRE: "never",
    LC_ALL: "C",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_CONFIG_COUNT: String(Object.keys(config).length),
  };
  Object.entries(config).forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return environment;
};

/** For commands on the mirror: every transport is off. */
export const localEnvironment = (): GitEnvironment => fixed();

const placeScript = async (directory: string, name: string, text: string): Promise<string> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, name);
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(temporary, text, { mode: 0o700 });
  await chmod(temporary, 0o700);
  await rename(temporary, file);
  return file;
};

/** ssh expands `%` and `${}` in a path and splits it at quotes: such paths are refused or doubled. */
const sshPath = async (option: string, path: string): Promise<string> => {
  if (/["\\$\u0000-\u001f\u007f]/.test(path))
    throw errors.HWS_GIT_OPTION([option, "the path has a character that ssh would expand"]);
  await access(path).catch((cause) => {
    throw errors.HWS_GIT_OPTION([option, `${path} cannot be read`], { cause });
  });
  return sshWord(path);
};

/** In quotes, for ssh splits an option's value at spaces. */
const sshWord = (path: string): string => `"${path.replaceAll("%", "%%")}"`;

const sshEnvironment = async (options: GitSourceOptions, scripts: string): Promise<GitEnvironment> => {
  const known =
    options.knownHosts === undefined ? undefined : await sshPath("knownHosts", options.knownHosts);
  const agent = process.env.SSH_AUTH_SOCK;
  return {
    GIT_ALLOW_PROTOCOL: "ssh",
    GIT_SSH: await placeScript(scripts, "ssh", sshScript),
    GIT_SSH_VARIANT: "ssh",
    HAWSER_SSH_KNOWN_HOSTS: known ?? sshWord(join(homedir(), ".ssh", "known_hosts")),
    ...(options.privateKey === undefined
      ? agent !== undefined && { SSH_AUTH_SOCK: agent }
      : { HAWSER_SSH_KEY: await sshPath("privateKey", options.privateKey) }),
  };
};

const httpsEnvironment = async (
  options: GitSourceOptions,
  url: GitUrl,
  scripts: string,
): Promise<GitEnvironment> => {
  const authority = url.port === undefined ? url.host : `${url.host}:${url.port}`;
  const askPass = options.token !== undefined && {
    GIT_ASKPASS: await placeScript(scripts, "askpass", askPassScript),
    HAWSER_GIT_ORIGIN: `https://${authority}`,
    HAWSER_GIT_AUTHORITY: `${url.user ?? "x-access-token"}@${authority}`,
    HAWSER_GIT_USER: url.user ?? "x-access-token",
    HAWSER_GIT_TOKEN: options.token,
  };
  return {
    GIT_ALLOW_PROTOCOL: "https",
    ...(options.ca !== undefined && { GIT_SSL_CAINFO: options.ca }),
    ...askPass,
  };
};

/** For commands that talk to the server of `url`; only its own transport is on. */
export const remoteEnvironment = async (
  options: GitSourceOptions,
  url: GitUrl,
  cacheDirectory: string,
): Promise<GitEnvironment> => {
  const scripts = join(cacheDirectory, "git-programs");
  const transport = {
    ssh: () => sshEnvironment(options, scripts),
    https: () => httpsEnvironment(options, url, scripts),
    file: async () => ({ GIT_ALLOW_PROTOCOL: "file" }),
  };
  return { ...fixed(), ...(await transport[url.protocol]()) };
};
