import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string =>
      `the ref ${JSON.stringify(ref.slice(0, 80))} is not a name this source accepts`,
    hint: "use trunk, branches/NAME, tags/NAME, a revision number, or PATH@NUMBER: letters, digits and . _ / + @ ~ -, at most 120 characters",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (ref: string, url: string): string => `${ref} is not in the repository: nothing is at ${url}`,
    hint: "check the name, the number and the option subdirectory; a branch or tag is looked for beside the trunk of the option url",
  },
  HWS_SOURCE_MOVED: {
    message: (id: string, url: string): string => `the revision ${id} is no longer at ${url}`,
    hint: "another repository answers there, or it was restored from an older backup: run again to take its present state",
  },
  HWS_SVN_URL: {
    message: (url: string, why: string): string =>
      `the repository URL ${JSON.stringify(url)} is refused: ${why}`,
    hint: "use svn://host/path, svn+ssh://user@host/path or https://host/path",
  },
  HWS_SVN_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_SVN_CLEARTEXT: {
    message: (url: string): string => `the password for ${url} and all files travel unencrypted`,
    hint: "use https:// or svn+ssh://",
  },
  HWS_SVN_AUTH: {
    message: (url: string): string => `${url} refused the credentials, or they may not read it`,
    hint: "check username and password, or privateKey, and that this user may read the folder",
  },
  HWS_SVN_UNREADABLE: {
    message: (url: string): string => `a part of ${url} is hidden from this user`,
    hint: "let the user read the whole folder: Subversion leaves out what may not be read, and the application would lack it",
  },
  HWS_SVN_HOST_KEY: {
    message: (host: string, changed: boolean): string =>
      changed
        ? `the host key of ${host} is not the one in known_hosts`
        : `the host key of ${host} is not in known_hosts`,
    hint: (host: string, changed: boolean): string =>
      changed
        ? `somebody may be in between: ask the host's owner; when the change is right, remove the old line with ssh-keygen -R ${host} and add the new key`
        : `get the key with ssh-keyscan, compare its fingerprint with the one the host publishes, then add the line to knownHosts`,
  },
  HWS_SVN_CERTIFICATE: {
    message: (url: string): string => `the certificate of ${url} is not trusted`,
    hint: "for an authority of your own, give its certificate with the option ca; the URL's host must be a DNS name of the certificate, for Subversion reads no IP addresses in it",
  },
  HWS_SVN_REDIRECT: {
    message: (url: string): string => `${url} answers with a redirect, which is not followed`,
    hint: "write the URL that the server redirects to",
  },
  HWS_SVN_NETWORK: {
    message: (url: string): string => `could not reach ${url}`,
    retryable: true,
  },
  HWS_SVN_STALLED: {
    message: (url: string, seconds: number): string => `nothing came from ${url} for ${seconds} s`,
    hint: "look at the way to the server, and at the server: it may close connections before it answers",
    retryable: true,
  },
  HWS_SVN_NO_REPOSITORY: {
    message: (url: string): string => `there is no Subversion repository at ${url}`,
    hint: "check the URL, and that the credentials may read it",
  },
  HWS_SVN_NOT_A_FOLDER: {
    message: (url: string): string => `${url} is a file`,
    hint: "give a folder: its content becomes the application",
  },
  HWS_SVN_TREE_NAME: {
    message: (name: string, why: string): string =>
      `the tree has the path ${JSON.stringify(name)}, which is refused: ${why}`,
    hint: "rename or remove it in the repository",
  },
  HWS_SVN_LINK: {
    message: (name: string, target: string): string =>
      `the link ${JSON.stringify(name)} leads out of the tree, to ${JSON.stringify(target)}`,
    hint: "let it point to a path of the same tree, and write the path relative to the link",
  },
  HWS_SVN_PROGRAM: {
    message: (why: string): string => `the svn program cannot be used: ${why}`,
    hint: "install Subversion 1.10 or newer on the deployer, with svnversion",
  },
  HWS_SVN_FAILED: {
    message: (what: string, how: string): string => `svn ${what} ${how}`,
  },
  HWS_SVN_OUTPUT: {
    message: (what: string, why: string): string => `what svn ${what} gave cannot be read: ${why}`,
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
