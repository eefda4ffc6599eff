import { parseRecord } from "../artifact/release-record.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { StorageReader } from "../contracts/storage.ts";
import { applicationKeys } from "./keys.ts";
import { readObject } from "./object.ts";

/**
 * Every key that holds something of a release, its record last; undefined when there is no such release. The stored forms
 * of an artifact, and of a manifest, are whatever lies there: a form that this version does not know is one too.
 */
export async function releaseKeys(
  storage: StorageReader,
  application: string,
  release: string,
  context: OperationContext,
): Promise<readonly string[] | undefined> {
  const keys = applicationKeys(application);
  const key = keys.release(release);
  const found = await readObject(storage, key, context);
  if (found === undefined) return undefined;
  const { artifact, manifest } = parseRecord(found.bytes);
  return [...(await contentKeys(storage, application, { artifact, manifest }, context)), key];
}

/** The keys of an artifact and its manifest: bytes before the records that make them count. */
export async function contentKeys(
  storage: StorageReader,
  application: string,
  { artifact, manifest }: { readonly artifact: string; readonly manifest: string },
  context: OperationContext,
): Promise<readonly string[]> {
  const keys = applicationKeys(application);
  const found: string[] = [];
  const plain = keys.manifest(manifest);
  for await (const { key } of storage.list({ prefix: plain }, context))
    if (key === plain || key.startsWith(`${plain}.`)) found.push(key);
  for await (const { key } of storage.list({ prefix: keys.artifact(artifact) }, context)) found.push(key);
  const isRecord = (key: string): number => (key.includes("/forms/") ? 1 : 0);
  return found.sort((a, b) => isRecord(a) - isRecord(b) || (a < b ? -1 : 1));
}
