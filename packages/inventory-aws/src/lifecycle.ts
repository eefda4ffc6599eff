import type { Lifecycle } from "@hawser/core/plugin";

/**
 * What autoscaling and EC2 call a machine's state, in the words of the contract; undefined for one that is gone or
 * unknown to this version. Who stands by was taken out by a person and gets no release.
 */
const ofScaling: readonly (readonly [RegExp, Lifecycle])[] = [
  [/^Pending(:Wait|:Proceed)?$/, "starting"],
  [/^InService$/, "inService"],
  [/^(EnteringStandby|Standby|Detaching|Detached|Quarantined)$/, "leaving"],
  [/^Terminating(:Wait|:Proceed|:Retained)?$/, "leaving"],
  // In a warm pool it is not of the group's service yet; from there it goes through Pending.
  [/^Warmed:/, "leaving"],
  [/^(ReplacingRootVolume|RootVolumeReplaced)(:Wait|:Proceed)?$/, "leaving"],
];

export const lifecycleOfScaling = (state: string): Lifecycle | undefined =>
  ofScaling.find(([states]) => states.test(state))?.[1];

const ofMachine: Readonly<Record<string, Lifecycle>> = {
  pending: "starting",
  running: "inService",
  "shutting-down": "leaving",
  stopping: "leaving",
};

export const lifecycleOfMachine = (state: string): Lifecycle | undefined => ofMachine[state];
