import { createHash, randomUUID } from "node:crypto";
import type { Build } from "./build.ts";

/** A build whose artifacts may be deployed. */
export interface Candidate {
  readonly build: Build;
  /** The chosen artifacts, sorted, at least one. */
  readonly paths: readonly string[];
  readonly url: string;
  /** For people. */
  readonly shown: string;
}

export const pathsDigest = ({ paths }: Candidate): string =>
  createHash("sha256").update(paths.join("\n")).digest("hex");

/** What a build has archived is told by its number and time; while it runs, also by what it has archived until now. */
export const idOf = (candidate: Candidate): string => {
  const { number, timestamp, running } = candidate.build;
  return `${number}-${timestamp}${running ? `-${pathsDigest(candidate).slice(0, 12)}` : ""}`;
};

/** What a running build has archived may be replaced by it: nothing of it is known by its name later. */
export const identityOf = ({ build, url }: Candidate, what: string): string =>
  `${url} ${build.timestamp} ${what}${build.running ? ` ${randomUUID()}` : ""}`;
