/**
 * S3-compatible stores for plugins: client, options, failures, listings.
 *
 * @module @hawser/s3
 */

export { accessProperties, checkAccess, originOf, refuse, type S3Access, shownBucket } from "./access.ts";
export { makeClient, nodeHandler, readAuthorities, type S3 } from "./client.ts";
export { type ConditionalWrites, Conditions, problemsOf } from "./conditions.ts";
export { entityTag } from "./entity-tag.ts";
export { errors as s3Errors } from "./errors.ts";
export { type Asked, failureOf, wasAnswered } from "./failure.ts";
export { instanceReader } from "./instance-reader.ts";
export { checkKey, checkPrefix, isKey } from "./key.ts";
export { listObjects } from "./listing.ts";
export { arriving, exactBody } from "./object-body.ts";
export { presignGet } from "./presign.ts";
export { checkReader, type GivenReader, type ReaderOptions, readerProperty } from "./reader-options.ts";
