import { homedir } from "node:os";
import { join } from "node:path";

/**
 * One Maven repository for all runs of a show: what was downloaded once is not asked for again. Each show has its own, since two
 * Mavens that fill one at the same time may read what the other is writing.
 */
export const mavenArguments = (show: string): readonly string[] => [
  "-DskipTests",
  `-Dmaven.repo.local=${join(homedir(), ".cache/hawser-tools/maven", show)}`,
];
