import { homedir } from "node:os";
import { join } from "node:path";

/** One Maven repository for all runs of the shows: what was downloaded once is not asked for again. */
export const mavenArguments: readonly string[] = [
  "-DskipTests",
  `-Dmaven.repo.local=${join(homedir(), ".cache/hawser-tools/maven")}`,
];
