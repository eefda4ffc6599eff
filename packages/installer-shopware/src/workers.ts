import { type NamedCommand, serviceCommand } from "@hawser/installer-script";
import { minutes, shopware } from "./console.ts";
import type { ShopwareOptions } from "./options.ts";

const roles = ({ workers }: ShopwareOptions) => ({ roles: workers?.roles ?? ["worker"] });

/**
 * Workers read the word to stop in the cache of their release, when that is no cache that all share. So they are told before
 * the switch, where that cache is, and after it, for those that share one.
 */
export const workersOff = (options: ShopwareOptions): readonly NamedCommand[] => {
  const { workers } = options;
  if (workers === undefined)
    return [
      {
        name: "workers-off",
        run: shopware(options, "messenger:stop-workers"),
        // They end by their own time limit too, and a release that is broken must be left all the same.
        mayFail: true,
        timeoutMs: minutes(5),
      },
    ];
  const stop = serviceCommand("workers-off", workers.service, "stop");
  return stop === undefined ? [] : [{ ...stop, ...roles(options), timeoutMs: minutes(10) }];
};

export const workersOn = (options: ShopwareOptions): readonly NamedCommand[] => {
  const { workers } = options;
  return [
    workers === undefined
      ? { name: "workers-on", run: shopware(options, "messenger:stop-workers"), timeoutMs: minutes(5) }
      : {
          ...serviceCommand("workers-on", workers.service, "restart"),
          ...roles(options),
          timeoutMs: minutes(10),
        },
  ];
};
