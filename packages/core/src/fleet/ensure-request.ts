import type { NormalConfig } from "../config/types.ts";
import type { Instance } from "../contracts/inventory.ts";
import type { EnsureRequest } from "../contracts/load-balancer.ts";

/** What load balancers are asked for, with the rollout's word on open requests. */
export const ensureRequest = (
  { drainTimeoutMs, onDrainTimeout }: NormalConfig["rollout"],
  instance: Instance,
  state: EnsureRequest["state"],
): EnsureRequest => ({ instance, state, drainTimeoutMs, onDrainTimeout });
