import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_INVENTORY_AWS_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_INVENTORY_AWS_NO_GROUP: {
    message: (name: string): string => `there is no autoscaling group ${name}`,
    hint: "check the name, the region, and that the credentials belong to its account",
  },
  HWS_INVENTORY_AWS_EMPTY: {
    message: (where: string): string => `${where} has no instance`,
    hint: "an application without instances cannot be deployed",
  },
  HWS_INVENTORY_AWS_PARTIAL: {
    message: (where: string, missing: string): string =>
      `EC2 does not tell of ${missing}, which ${where} has`,
    hint: "EC2 tells of new instances a little later than autoscaling; it was tried again already",
    retryable: true,
  },
  HWS_INVENTORY_AWS_NO_ADDRESS: {
    message: (id: string, addressType: string): string =>
      `the instance ${id} has no address of type ${addressType}`,
    hint: "choose another `addressType`, or give the instances such an address",
  },
  HWS_INVENTORY_AWS_STATE: {
    message: (id: string, state: string): string => `the instance ${id} is in the unknown state ${state}`,
    hint: "a newer @hawser/inventory-aws may know it",
  },
  HWS_INVENTORY_AWS_TAG: {
    message: (id: string, tag: string, what: string): string => `the tag ${tag} of ${id} is refused: ${what}`,
  },
  HWS_INVENTORY_AWS_NO_HOOK: {
    message: (group: string, hook: string): string =>
      `the autoscaling group ${group} has no launching hook ${hook}`,
    hint: "make one for autoscaling:EC2_INSTANCE_LAUNCHING, else new instances enter service before they have a release",
  },
  HWS_INVENTORY_AWS_HOOK_CONTINUES: {
    message: (group: string, hook: string): string =>
      `the hook ${hook} of ${group} lets instances into service whose time is over`,
    hint: "set its default result to ABANDON",
  },
  HWS_INVENTORY_AWS_NOT_HELD: {
    message: (id: string, hook: string, state: string): string =>
      `the instance ${id} is not held by the hook ${hook}: it is ${state}`,
    hint: "its time was over, or somebody else completed the hook; raise the hook's heartbeat timeout",
  },
  HWS_INVENTORY_AWS_NOT_HELD_YET: {
    message: (id: string, hook: string): string => `the instance ${id} is not held by the hook ${hook} yet`,
    retryable: true,
  },
  HWS_INVENTORY_AWS_SUSPENSION: {
    message: (groups: string): string =>
      `what was recorded as suspended is not of the groups ${groups}: nothing was changed`,
    hint: "was the config changed since? End the run with the config that it began with, or look at the groups' processes yourself",
  },
};

/** What can be wrong with an inventory of AWS. */
export const errors: Makers<typeof entries> = defineErrors(entries);
