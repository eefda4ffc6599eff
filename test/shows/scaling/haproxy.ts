import type { FleetInstance, RunningHaproxy } from "@hawser/testkit";
import { balancerStates } from "../balancer.ts";
import { currentIn } from "../release-on-disk.ts";
import type { Sample } from "./ground.ts";
import type { Machines } from "./machines.ts";

/** The block of a HAProxy whose servers come and go with the instances. */
export const haproxyBlock = ({ socketPath, backend }: RunningHaproxy) => ({
  use: "@hawser/lb-haproxy",
  with: { socket: socketPath, backend, port: 80 },
});

/** Every machine that runs, as HAProxy and its own disk show it. */
export const samplesOf = async (
  machines: Machines,
  haproxy: RunningHaproxy,
  isListed: (machine: FleetInstance) => boolean,
): Promise<readonly Sample[]> => {
  const states = await balancerStates(haproxy);
  return machines.running.map((each) => ({
    id: each.id,
    release: currentIn(each.folder),
    balancer: states[each.id] === "in" ? "in" : "not in",
    lifecycle: isListed(each) ? "inService" : "gone",
  }));
};
