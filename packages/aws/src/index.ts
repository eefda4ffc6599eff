/**
 * What the plugins of AWS share: options, clients, failures.
 *
 * @module @hawser/aws
 */

export {
  type AwsAccess,
  accessProperties,
  checkAccess,
  originOf,
  type Refuse,
} from "./access.ts";
export { type AwsCall, call } from "./call.ts";
export { type ClientConfig, LazyClient } from "./client.ts";
export { basisOf, type ClientBasis, readAuthorities } from "./client-basis.ts";
export { errors as awsErrors } from "./errors.ts";
export { printable } from "./failure.ts";
export { type NodeHandler, nodeHandlerOf } from "./node-handler.ts";
export { allPages } from "./pages.ts";
export { problemOf, problemsOf } from "./problem.ts";
export {
  matches,
  type ReadFailure,
  readFailure,
  type SdkFailure,
  type UnansweredErrors,
  unanswered,
} from "./sdk-failure.ts";
export { withoutVersionWarning } from "./version-warning.ts";
