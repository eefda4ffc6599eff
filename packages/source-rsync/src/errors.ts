import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string =>
      `the ref ${JSON.stringify(ref.slice(0, 80))} is not a name this source accepts`,
    hint: "an rsync server has one state, the present one: leave the ref out",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (ref: string, url: string): string => `${url} has no ref ${ref}`,
    hint: "an rsync server has one state, the present one: leave the ref out",
  },
  HWS_SOURCE_MOVED: {
    message: (url: string): string => `${url} has changed since it was listed`,
    hint: "deploy when nothing writes to it, or let its builds write beside it and rename",
  },
  HWS_RSYNC_URL: {
    message: (url: string, why: string): string => `the URL ${JSON.stringify(url)} is refused: ${why}`,
    hint: "use rsync://user@host/module/path, user@host:path or ssh://user@host:port/path",
  },
  HWS_RSYNC_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_RSYNC_REFUSED: {
    message: (url: string, said: string): string => `the rsync daemon refuses ${url}: ${said}`,
    hint: "check the user in the URL, the password and the module's name: daemons answer a wrong password and an unknown module much alike",
  },
  HWS_RSYNC_BUSY: {
    message: (url: string): string => `the rsync daemon at ${url} has as many connections as it takes`,
    retryable: true,
  },
  HWS_RSYNC_AUTH: {
    message: (url: string): string => `${url} refused the SSH key`,
    hint: "check privateKey, the user in the URL, and that the key is in the server's authorized_keys",
  },
  HWS_RSYNC_HOST_KEY: {
    message: (host: string, changed: boolean): string =>
      changed
        ? `the host key of ${host} is not the one in known_hosts`
        : `the host key of ${host} is not in known_hosts`,
    hint: (host: string, changed: boolean): string =>
      changed
        ? `somebody may be in between: ask the host's owner; when the change is right, remove the old line with ssh-keygen -R ${host} and add the new key`
        : `get the key with ssh-keyscan, compare its fingerprint with the one the host publishes, then add the line to knownHosts`,
  },
  HWS_RSYNC_NETWORK: {
    message: (url: string): string => `could not reach ${url}, or lost the connection to it`,
    retryable: true,
  },
  HWS_RSYNC_STALLED: {
    message: (url: string): string => `nothing came from ${url} any more`,
    retryable: true,
  },
  HWS_RSYNC_NOT_FOUND: {
    message: (url: string): string => `there is nothing at ${url}`,
    hint: "check the path: after the module's name for a daemon, from the root or the user's home over SSH",
  },
  HWS_RSYNC_NOT_FILE: {
    message: (url: string): string => `${url} is no file, though its name is an archive's`,
    hint: "end the URL with / when it is a directory",
  },
  HWS_RSYNC_UNREADABLE: {
    message: (url: string, names: readonly string[]): string =>
      `the server cannot read all of ${url}: ${names.slice(0, 5).join(", ")}`,
    hint: "give the server's user the right to read it, or exclude it",
  },
  HWS_RSYNC_PROTOCOL: {
    message: (url: string): string =>
      `the rsync here and what answers at ${url} do not understand each other`,
    hint: "let the login of the server print nothing (ssh user@host true must be silent), and use rsync 3.2.3 or newer here",
  },
  HWS_RSYNC_PROGRAM: {
    message: (why: string): string => `rsync cannot be used on this machine: ${why}`,
    hint: "install rsync 3.2.3 or newer, best 3.5.0, and for SSH the OpenSSH client",
  },
  HWS_RSYNC_REMOTE_PROGRAM: {
    message: (url: string): string => `there is no rsync program on the server of ${url}`,
    hint: "install rsync there, or make it found in the PATH of a login without a terminal",
  },
  HWS_RSYNC_VERSION: {
    message: (version: string): string =>
      `rsync ${version} on this machine has holes that a hostile server can use, unless the distribution closed them`,
    hint: "bring it to 3.5.0 or newer",
  },
  HWS_RSYNC_PLAINTEXT: {
    message: (url: string): string => `${url} is neither encrypted nor proves who it is`,
    hint: "use rsync over SSH (user@host:path), or a network that only you are in",
  },
  HWS_RSYNC_NAME: {
    message: (name: string, why: string): string =>
      `the name ${JSON.stringify(name.slice(0, 200))} is refused: ${why}`,
    hint: "rename or exclude it",
  },
  HWS_RSYNC_SPECIAL: {
    message: (path: string): string => `${JSON.stringify(path)} is neither a file, a directory nor a link`,
    hint: "exclude sockets, pipes and devices",
  },
  HWS_RSYNC_LINK: {
    message: (path: string, target: string): string =>
      `the link ${JSON.stringify(path)} to ${JSON.stringify(target.slice(0, 200))} leads out of the tree`,
    hint: "make it relative and let it stay inside, or exclude it",
  },
  HWS_RSYNC_TOO_LARGE: {
    message: (url: string, limit: number): string => `${url} is larger than ${limit} bytes`,
    hint: "exclude what is not deployed, or raise maxBytes",
  },
  HWS_RSYNC_LISTING: {
    message: (url: string, why: string): string => `the listing of ${url} cannot be read: ${why}`,
  },
  HWS_RSYNC_FAILED: {
    message: (url: string, exit: string): string => `rsync from ${url} ended with ${exit}`,
  },
  HWS_RSYNC_CACHE_BUSY: {
    message: (owner: string): string => `another process (${owner}) has been using the mirror for too long`,
    hint: "wait for it to end, or end it",
    retryable: true,
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
