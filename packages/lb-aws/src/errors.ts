import { defineErrors, type Makers } from "@hawser/core/plugin";

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const entries = {
  HWS_LB_AWS_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_LB_AWS_NOT_EC2: {
    message: (where: string, id: string): string =>
      `${where} has EC2 instances as targets, and ${JSON.stringify(id)} is not the id of one`,
    hint: "use the inventory @hawser/inventory-aws, or give each instance its EC2 id (i-…) as `id`; for machines outside of EC2 make a target group of type ip",
  },
  HWS_LB_AWS_NOT_ADDRESS: {
    message: (where: string, id: string, address: string): string =>
      `${where} has IP addresses as targets, and the address of ${id}, ${JSON.stringify(address)}, is none`,
    hint: "let the inventory give addresses (`addressType: private`), or make a target group of type instance",
  },
  HWS_LB_AWS_NO_GROUP: {
    message: (where: string): string => `there is no target group ${where}`,
    hint: "check the ARN, and that the credentials belong to its account",
  },
  HWS_LB_AWS_NO_BALANCER: {
    message: (name: string): string => `there is no classic load balancer ${name}`,
    hint: "check classicName and region; application and network load balancers are reached through targetGroupArn",
  },
  HWS_LB_AWS_TYPE: {
    message: (where: string, type: string): string => `${where} has targets of type ${type}`,
    hint: "instances can be targets of a group of type instance or ip",
  },
  HWS_LB_AWS_NOT_IN_USE: {
    message: (where: string): string => `no load balancer sends requests to ${where}`,
    hint: "name the group in a listener or a rule: until then no target of it becomes healthy",
  },
  HWS_LB_AWS_NO_CHECK: {
    message: (where: string): string => `${where} has no health check`,
    hint: "a target takes requests as soon as it is registered: enable the group's health check",
  },
  HWS_LB_AWS_SLOW_DRAIN: {
    message: (where: string, delayMs: number): string =>
      `${where} shows each member that leaves as draining for ${seconds(delayMs)}, with open requests or without`,
    hint: "set deregistration_delay.timeout_seconds to what the longest request takes; rollout.drainTimeoutMs may not be below it",
  },
  HWS_LB_AWS_KEEPS_OPEN: {
    message: (where: string): string => `${where} leaves connections open beyond its deregistration delay`,
    hint: "set deregistration_delay.connection_termination.enabled, else a member that is out may still serve",
  },
  HWS_LB_AWS_CUTS: {
    message: (where: string): string => `${where} cuts open requests when a member leaves`,
    hint: "enable its connection draining",
  },
  HWS_LB_AWS_REFUSED: {
    message: (where: string, target: string, why: string): string => `${where} refuses ${target}: ${why}`,
    hint: "a target must run, in the load balancer's network; an address outside of it needs `availabilityZone: all`",
  },
  HWS_LB_AWS_NOT_HEALTHY: {
    message: (where: string, target: string, limitMs: number, seen: string): string =>
      `${target} did not come into service in ${where} within ${limitMs} ms: ${seen}`,
    hint: "ask the instance for what the health check asks it; raise `readyTimeoutMs` when the checks are slow",
  },
  HWS_LB_DRAIN_TIMEOUT: {
    message: (where: string, target: string, limitMs: number, seen: string): string =>
      `${target} cannot be out of ${where} within ${limitMs} ms: ${seen}`,
    hint: "set the deregistration delay to what the longest request takes and `rollout.drainTimeoutMs` to at least that; with `rollout.onDrainTimeout: force` the delay is waited for, at whose end AWS cuts what is open",
  },
};

/** What can be wrong with the load balancers of AWS. */
export const errors: Makers<typeof entries> = defineErrors(entries);
