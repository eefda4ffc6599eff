import { homedir } from "node:os";
import { join } from "node:path";

export interface NodeVersion {
  readonly version: string;
  /** The folder of its program. */
  readonly directory: string;
}

const kept = (version: string): NodeVersion => {
  const folder = `node-${version}/node_modules/node-linux-${process.arch}/bin`;
  return { version, directory: join(homedir(), ".cache/hawser-tools", folder) };
};

/** On which packages must work: the oldest that `engines` promises and the lines that are kept up (scripts/requirements.mjs has them). */
export const nodeVersions: readonly NodeVersion[] = ["20.19.0", "22.23.5", "24.22.3"].map(kept);
