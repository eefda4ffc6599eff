import { archiveFormatOf } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { keyFault } from "./key-grammar.ts";
import type { S3SourceOptions } from "./options.ts";
import { checkRef, originOf, takesRef, templateOf } from "./place.ts";

const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
const regionName = /^[a-z0-9-]{1,60}$/;
const versionName = /^[\x21-\x7e]{1,1024}$/;

const refuse = (option: keyof S3SourceOptions, why: string): never => {
  throw errors.HWS_S3_OPTION([option, why]);
};

/** Refuses options that cannot be meant, before anything is loaded or sent. */
export const checkOptions = (options: S3SourceOptions): void => {
  if (!bucketName.test(options.bucket)) refuse("bucket", "it is not the name of a bucket");
  if (options.endpoint !== undefined) originOf(options.endpoint);
  if (options.region !== undefined && !regionName.test(options.region))
    refuse("region", "it is not the name of a region");
  checkPath(options);
  checkState(options);
  checkCredentials(options);
};

const checkPath = (options: S3SourceOptions): void => {
  const { key, prefix, stripComponents = 0 } = options;
  if ((key === undefined) === (prefix === undefined)) refuse("key", "give either key or prefix");
  const path = templateOf(options);
  const fault = path === "" ? undefined : keyFault(path.replace(/\/$/, ""));
  if (fault !== undefined) refuse(key === undefined ? "prefix" : "key", fault);
  if (key?.endsWith("/") === true) refuse("key", "it names a folder: give it as prefix");
  if (stripComponents > 0 && archiveFormatOf(key ?? "") === undefined)
    refuse("stripComponents", "there is no archive");
};

const checkState = (options: S3SourceOptions): void => {
  const { key, ref, versionId } = options;
  if (ref !== undefined && !takesRef(options)) refuse("ref", "there is no {ref} that it could stand for");
  if (ref !== undefined) checkRef(ref);
  if (versionId === undefined) return;
  if (key === undefined || takesRef(options)) refuse("versionId", "it belongs to one key, without {ref}");
  if (!versionName.test(versionId)) refuse("versionId", "it is not the name of a version");
};

const checkCredentials = ({ accessKeyId, secretAccessKey, sessionToken }: S3SourceOptions): void => {
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    refuse("accessKeyId", "it belongs together with secretAccessKey");
  if (sessionToken !== undefined && accessKeyId === undefined)
    refuse("sessionToken", "it belongs to an access key");
};
