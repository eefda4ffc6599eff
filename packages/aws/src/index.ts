export { type AwsAccess, accessProperties, checkAccess } from "./access.ts";
export { type AwsCall, call } from "./call.ts";
export { type ClientConfig, LazyClient } from "./client.ts";
export { errors as awsErrors } from "./errors.ts";
export { printable } from "./failure.ts";
export { allPages } from "./pages.ts";
export { problemOf, problemsOf } from "./problem.ts";
