import { homedir } from "node:os";
import { join } from "node:path";
import { repository } from "../place.ts";

/** npm's settings of this machine, with one cache for all runs of the shows. */
export const npmEnvironment = {
  npm_config_userconfig: join(homedir(), ".npmrc"),
  npm_config_cache: join(repository, ".cache/npm"),
  npm_config_prefer_offline: "true",
};
