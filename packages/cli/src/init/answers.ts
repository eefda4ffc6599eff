import { basename } from "node:path";

/** What `init` needs to know. */
export interface Answers {
  readonly app: string;
  /** A git URL, or a folder relative to the config. */
  readonly source: { readonly git: string } | { readonly directory: string };
  /** Addresses to reach by SSH; none: one instance in a folder of this machine. */
  readonly instances: readonly string[];
  readonly user?: string;
  /** HAProxy in front of the instances: its runtime socket and the backend. */
  readonly loadBalancer?: { readonly socket: string; readonly backend: string };
}

const appGrammar = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** A name for the application from a folder's. */
export const appNameOf = (directory: string): string => {
  const name = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
  return appGrammar.test(name) ? name : "app";
};

export const isAppName = (name: string): boolean => appGrammar.test(name);

/** Whether what was typed names a git repository rather than a folder. */
const isGitUrl = (text: string): boolean =>
  /^(https|ssh|git|file):\/\//.test(text) || /^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:/.test(text);

export const sourceOf = (text: string): Answers["source"] =>
  isGitUrl(text) ? { git: text } : { directory: text };

/** What is assumed without questions: this folder, deployed to an instance in a folder beside it. */
export const defaultAnswers = (directory: string): Answers => ({
  app: appNameOf(directory),
  source: { directory: "." },
  instances: [],
});
