export { accessProperties, checkAccess, originOf, refuse, type S3Access, shownBucket } from "./access.ts";
export { makeClient, nodeHandler, type S3, type Sdk } from "./client.ts";
export { checkConditions } from "./conditions.ts";
export { entityTag } from "./entity-tag.ts";
export { errors as s3Errors } from "./errors.ts";
export { type Asked, failureOf, wasAnswered } from "./failure.ts";
export { checkKey, checkPrefix, isKey } from "./key.ts";
export { listObjects, type SeenObject } from "./listing.ts";
export { arriving, exactBody } from "./object-body.ts";
