import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_LB_DRAIN_TIMEOUT: {
    message: (id: string, open: number): string => `${id} still serves ${open} requests`,
    hint: "give them more time by rollout.drainTimeoutMs, or cut them by rollout.onDrainTimeout: force",
  },
  HWS_LB_NOT_HEALTHY: {
    message: (id: string): string => `${id} did not become healthy in the pool`,
    hint: "see what the load balancer asks of it, and what it answers",
  },
  HWS_POOL_STATUS: {
    message: (url: string, status: number): string => `${url} answers with ${status}`,
    hint: "401 and 403 speak of the token",
  },
  HWS_POOL_ANSWER: {
    message: (url: string): string => `${url} is not answered with a list of members`,
    hint: "check the option api: it is where `/members` is to be asked for",
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
