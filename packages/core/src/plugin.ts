/**
 * The authoring entry: contracts, `definePlugin`, errors, and the framing of sessions. It has no dependency.
 *
 * @module @hawser/core/plugin
 */

export { linkLeaves } from "./artifact/link-escape.ts";
export { nearest } from "./config/suggest.ts";
export type * from "./contracts/common.ts";
export type * from "./contracts/download.ts";
export { emptyResult } from "./contracts/empty-result.ts";
export { eventTypes } from "./contracts/event-types.ts";
export type * from "./contracts/events.ts";
export type * from "./contracts/http.ts";
export type * from "./contracts/installer.ts";
export type * from "./contracts/inventory.ts";
export { type Kind, type Kinds, kinds } from "./contracts/kinds.ts";
export type * from "./contracts/listener.ts";
export type * from "./contracts/load-balancer.ts";
export { type Moment, moments } from "./contracts/moment.ts";
export { instanceCommands, type PlanPhase, phasesOfDeploy, planPhases } from "./contracts/plan-phases.ts";
export type * from "./contracts/plugin-context.ts";
export { Secret } from "./contracts/secret.ts";
export type * from "./contracts/source.ts";
export type * from "./contracts/storage.ts";
export type * from "./contracts/transport.ts";
export { defineErrors, type ErrorEntry, type Makers } from "./errors/catalogue.ts";
export { type ErrorFields, HawserError } from "./errors/hawser-error.ts";
export { hostBoot } from "./host/boot.ts";
export {
  type ExchangeEnd,
  exchangeEnd,
  exchangeInput,
  type PackedRequest,
  packRequest,
  smallBodyBytes,
} from "./host/exchange.ts";
export { type Channel, openSession, type SessionLimits } from "./host/session.ts";
export { archiveFormatOf } from "./plugin/archive-format.ts";
export {
  apiVersion,
  definePlugin,
  type Plugin,
  type Schema,
  type Use,
  use,
  type Written,
} from "./plugin/define.ts";
export { exclusion } from "./plugin/exclusion.ts";
export { type BodyCheck, FileBody } from "./plugin/file-body.ts";
export { inStep } from "./plugin/in-step.ts";
export { thrownProblems } from "./plugin/thrown-problems.ts";
export { type FolderLockRequest, withFolderLock } from "./process/folder-lock.ts";
