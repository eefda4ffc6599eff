import { dirname } from "node:path";
import type { GroundInstance } from "./instance.ts";

/** A service under a `runsv` of its own on every instance: what the recipe's `service` says, and what makes it ready. */
export interface RunitService {
  readonly service: string;
  ready(instance: GroundInstance): Promise<void>;
}

/** `run` is the text of the service's run script. Until the first deploy it may fail: runsv tries again each second. */
export const underRunit = (name: string, run: string, root = "/srv/app"): RunitService => {
  const directory = `${dirname(root)}/service/${name}`;
  return {
    service: `runit:${directory}`,
    ready: async (instance) => {
      await instance.write(`${directory}/run`, run, "755");
      instance.start("runsv", directory);
    },
  };
};
