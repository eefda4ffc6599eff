export type {
  HawserConfig,
  Keep,
  LoadBalancerBlock,
  NormalConfig,
  Rollout,
  StepBlock,
  WiredBlock,
} from "./config/types.ts";
export type * from "./contracts/engine.ts";
export * from "./plugin.ts";
export { spawnProgram } from "./process/spawn.ts";
