import { join } from "node:path";
import { type GitRepository, makeHistory, makeNpmHistory } from "@hawser/testkit";
import { repository } from "./place.ts";
import type { Scale } from "./scale.ts";

/** An application with a history: tags `refs[0]`, `refs[1]`, … from oldest to newest. */
export interface Application {
  readonly repository: GitRepository;
  readonly refs: readonly string[];
}

/** An application that is made up, with tags `v1`, `v2`, … */
export const madeUp = async (
  directory: string,
  options: { readonly versions: number; readonly files?: number },
): Promise<Application> => {
  const { versions, files = 40 } = options;
  const made = await makeHistory(directory, { versions, files, changed: Math.min(5, files) });
  return { repository: made, refs: Array.from({ length: versions }, (_, index) => `v${index + 1}`) };
};

/** lodash has over a thousand files in each of these versions. */
const lodash = [
  ...["4.16.0", "4.16.1", "4.16.2", "4.16.3", "4.16.4", "4.16.5", "4.16.6", "4.17.0", "4.17.1", "4.17.2"],
  ...["4.17.3", "4.17.4", "4.17.5", "4.17.9", "4.17.10", "4.17.11", "4.17.12", "4.17.13", "4.17.14"],
  ...["4.17.15", "4.17.19", "4.17.20", "4.17.21"],
];

/** What the shows under load ship, with one version more for the deploy before the load: at whole scale what was really published, else as many files made up. */
export const ofScale = async (directory: string, { name, deploys, files }: Scale): Promise<Application> => {
  if (name === "small") return await madeUp(directory, { versions: deploys + 1, files });
  const versions = lodash.slice(0, deploys + 1);
  const cacheDirectory = join(repository, ".cache/npm-history");
  const published = await makeNpmHistory(directory, { name: "lodash", versions, cacheDirectory });
  return { repository: published, refs: versions.map((version) => `v${version}`) };
};
