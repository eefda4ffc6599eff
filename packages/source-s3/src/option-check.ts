import { archiveFormatOf } from "@hawser/core/plugin";
import { checkAccess, refuse } from "@hawser/s3";
import { keyFault } from "./key-grammar.ts";
import type { S3SourceOptions } from "./options.ts";
import { checkRef, takesRef, templateOf } from "./place.ts";

const versionName = /^[\x21-\x7e]{1,1024}$/;

/** Refuses options that cannot be meant, before anything is loaded or sent. */
export const checkOptions = (options: S3SourceOptions): void => {
  checkAccess(options);
  checkPath(options);
  checkState(options);
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
