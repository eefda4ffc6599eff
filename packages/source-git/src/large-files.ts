import type { OperationContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { type Mirror, readMirror } from "./mirror.ts";
import type { TreeEntry } from "./tree-listing.ts";

/** A pointer of Git LFS (specification version 1) has three short lines. */
const pointerBytes = { least: 120, most: 200 };
const pointer =
  /^([0-9a-f]{40,64}) blob \d+\nversion https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:/gm;

/**
 * Refuses a tree with Git LFS pointers: shipped as they are, an application would have texts where its files should
 * be. Only a repository that says `filter=lfs` in its attributes is looked at.
 */
export const refuseLargeFilePointers = async (
  mirror: Mirror,
  {
    id,
    subdirectory,
    entries,
  }: { id: string; subdirectory: string | undefined; entries: readonly TreeEntry[] },
  context: OperationContext,
): Promise<void> => {
  const read = (objects: readonly string[]): Promise<string> =>
    readMirror(mirror, "cat-file", ["--batch"], context, {
      input: objects.map((object) => `${object}\n`).join(""),
      maxOutputBytes: 256 * 1024 * 1024,
    });
  const attributes = entries
    .filter(({ path }) => /(^|\/)\.gitattributes$/.test(path))
    .map((entry) => entry.id);
  const above = foldersAbove(subdirectory).map((folder) => `${id}:${folder}.gitattributes`);
  if (!/\bfilter=lfs\b/.test(await read([...attributes, ...above]))) return;
  const small = entries.filter(
    ({ kind, sizeBytes }) =>
      kind !== "link" && sizeBytes >= pointerBytes.least && sizeBytes <= pointerBytes.most,
  );
  const ids = new Set(
    [...(await read(small.map((entry) => entry.id))).matchAll(pointer)].map(([, object]) => object),
  );
  const found = small.filter((entry) => ids.has(entry.id));
  if (found[0] !== undefined) throw errors.HWS_GIT_LFS([found.length, found[0].path]);
};

/** The folders over a subdirectory, each with its `/`; the root's is empty. */
const foldersAbove = (subdirectory: string | undefined): readonly string[] => {
  const parts = subdirectory?.split("/") ?? [];
  return parts.map((_, index) =>
    parts
      .slice(0, index)
      .map((part) => `${part}/`)
      .join(""),
  );
};
