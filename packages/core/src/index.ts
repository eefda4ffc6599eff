/**
 * The engine, its config, and everything of the authoring entry.
 *
 * @module @hawser/core
 */

export { type ArchiveLimits, type UnpackRequest, unpackArchive } from "./artifact/outside-archive.ts";
export { configSchema } from "./config/compose-schema.ts";
export { defineConfig } from "./config/define.ts";
export { type ConfigDescription, type ConfigValue, describeConfig } from "./config/describe.ts";
export { inspectConfig, type LoadedConfig, type LoadRequest, loadConfig } from "./config/load.ts";
export type { ConfigProblem } from "./config/problems.ts";
export { findConfig, type ReadOptions, readConfigFile } from "./config/read.ts";
export type {
  Encryption,
  HawserConfig,
  Keep,
  LoadBalancerBlock,
  NormalConfig,
  Rollout,
  StepBlock,
  WiredBlock,
} from "./config/types.ts";
export type * from "./contracts/engine.ts";
export type * from "./contracts/engine-reports.ts";
export type * from "./contracts/engine-requests.ts";
export type * from "./contracts/flow-report.ts";
export type * from "./contracts/overview.ts";
export { Downloads } from "./download/downloads.ts";
export { createEngine } from "./engine/engine.ts";
export type { EngineOptions } from "./engine/engine-options.ts";
export { version } from "./engine/version.ts";
export { HttpConnections, type HttpSettings } from "./http/http-connections.ts";
export { checkPlugin, type PluginCheckOptions } from "./plugin/check.ts";
export type { LoadModule } from "./plugin/module.ts";
export * from "./plugin.ts";
export { spawnProgram } from "./process/spawn.ts";
export { hostInUrl, type ServingPlace, servingPlaceOf } from "./serving/place.ts";
export { SmallServer } from "./serving/small-server.ts";
export { checkGiven } from "./steps/given.ts";
export {
  type BuiltInFacts,
  defineStep,
  type Facts,
  type Step,
  type StepContext,
  type StepDefinition,
} from "./steps/step.ts";
