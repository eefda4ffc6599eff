import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string =>
      `the ref ${JSON.stringify(ref.slice(0, 80))} is not a name this source accepts`,
    hint: "use a branch, a tag, refs/heads/NAME, refs/tags/NAME or a commit id: letters, digits and . _ / + @ -, beginning with a letter or digit",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (ref: string, url: string, _near: readonly string[]): string =>
      `no branch, tag or commit ${ref} at ${url}`,
    hint: (_ref: string, _url: string, near: readonly string[]): string =>
      near.length > 0 ? `did you mean ${near.join(", ")}?` : "check the name, and that it was pushed",
  },
  HWS_SOURCE_MOVED: {
    message: (id: string, url: string): string => `the commit ${id} is no longer at ${url}`,
    hint: "the history was rewritten since the revision was resolved: run again to take the new state",
  },
  HWS_GIT_REF_AMBIGUOUS: {
    message: (ref: string, what: readonly string[]): string => `${ref} may be ${what.join(" or ")}`,
    hint: "write the full form: refs/heads/NAME, refs/tags/NAME or the whole commit id",
  },
  HWS_GIT_URL: {
    message: (url: string, why: string): string =>
      `the repository URL ${JSON.stringify(url)} is refused: ${why}`,
    hint: "use https://host/path, ssh://user@host/path, user@host:path, file:///path or an absolute path",
  },
  HWS_GIT_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_GIT_AUTH: {
    message: (url: string): string => `${url} refused the credentials or does not know the repository`,
    hint: "check privateKey or token, and that they may read this repository",
  },
  HWS_GIT_HOST_KEY: {
    message: (host: string, changed: boolean): string =>
      changed
        ? `the host key of ${host} is not the one in known_hosts`
        : `the host key of ${host} is not in known_hosts`,
    hint: (host: string, changed: boolean): string =>
      changed
        ? `somebody may be in between: ask the host's owner; when the change is right, remove the old line with ssh-keygen -R ${host} and add the new key`
        : `get the key with ssh-keyscan, compare its fingerprint with the one the host publishes, then add the line to knownHosts`,
  },
  HWS_GIT_CERTIFICATE: {
    message: (url: string): string => `the certificate of ${url} is not trusted`,
    hint: "for an authority of your own, give its certificate with the option ca",
  },
  HWS_GIT_REDIRECT: {
    message: (url: string): string => `${url} answers with a redirect, which is not followed`,
    hint: "write the URL that the server redirects to",
  },
  HWS_GIT_NETWORK: {
    message: (url: string): string => `could not reach ${url}`,
    retryable: true,
  },
  HWS_GIT_NO_REPOSITORY: {
    message: (url: string): string => `there is no Git repository at ${url}`,
    hint: "check the URL, and that the credentials may read it",
  },
  HWS_GIT_PROGRAM: {
    message: (why: string): string => `the git program cannot be used: ${why}`,
    hint: "install git 2.36 or newer on the deployer",
  },
  HWS_GIT_FAILED: {
    message: (what: string, exit: string): string => `git ${what} ended with ${exit}`,
  },
  HWS_GIT_OUTPUT: {
    message: (what: string): string => `git ${what} gave more output than is read`,
  },
  HWS_GIT_CACHE_BUSY: {
    message: (owner: string): string =>
      `another process (${owner}) has been using the repository cache for too long`,
    hint: "wait for it to end, or end it",
    retryable: true,
  },
  HWS_GIT_SUBDIRECTORY: {
    message: (subdirectory: string, id: string): string => `${subdirectory} is not a directory in ${id}`,
    hint: "give the path of a directory from the repository's root; links are not followed",
  },
  HWS_GIT_TREE_NAME: {
    message: (name: string, why: string): string =>
      `the tree has the path ${JSON.stringify(name)}, which is refused: ${why}`,
    hint: "rename or remove it in the repository",
  },
  HWS_GIT_LFS: {
    message: (count: number, example: string): string =>
      `${count} file${count === 1 ? " is a" : "s are"} Git LFS pointer${count === 1 ? "" : "s"} without the content, the first ${JSON.stringify(example)}`,
    hint: "Git LFS is not read: keep these files in Git itself, or deploy a built archive from another source",
  },
  HWS_GIT_SUBMODULE: {
    message: (path: string, why: string): string =>
      `the submodule ${JSON.stringify(path)} cannot be fetched: ${why}`,
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
