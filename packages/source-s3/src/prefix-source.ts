import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FetchingSource, OperationContext, Problem, Revision } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { inParallel } from "./in-parallel.ts";
import { KeptObjects } from "./kept-objects.ts";
import { openObject } from "./object.ts";
import { type ObjectTree, type TreeFile, treeOf } from "./object-tree.ts";
import type { Place } from "./place.ts";
import { type ListedObject, listingId, listPrefix } from "./prefix-listing.ts";
import type { Store } from "./store.ts";

/** Requests at once: what one store answers well, and one process reads well. */
const atOnce = 8;

/** All objects below a prefix. What was fetched before and has not changed is not fetched again. */
export class PrefixSource implements FetchingSource {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const { place, label } = this.#store.find(ref);
    context.signal.throwIfAborted();
    const listing = await this.#list(place, context);
    if (treeOf(listing, place.path).files.length === 0) throw this.#store.nothingAt(place, label);
    return { id: listingId(listing, place), exact: false, label, url: place.shown };
  }

  /** Listed before and after: both listings must be the revision's. Nothing is written until all objects are there. */
  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    context.signal.throwIfAborted();
    const place = this.#store.placeOf(revision);
    const listing = await this.#expect(place, revision, context);
    const tree = treeOf(listing, place.path);
    const kept = await KeptObjects.open(this.#store.plugin.cacheDirectory, place);
    await this.#bring(kept, place, tree.files, context);
    await this.#expect(place, revision, context);
    await writeTree(kept, tree, directory, context);
    await kept.trim(tree.files);
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await this.#store.check(() => this.resolve({}, context), context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #list(place: Place, context: OperationContext): Promise<readonly ListedObject[]> {
    return await listPrefix(await this.#store.s3(), place, context);
  }

  async #expect(
    place: Place,
    revision: Revision,
    context: OperationContext,
  ): Promise<readonly ListedObject[]> {
    const listing = await this.#list(place, context);
    if (listingId(listing, place) !== revision.id) throw errors.HWS_SOURCE_MOVED([place.shown]);
    return listing;
  }

  async #bring(
    kept: KeptObjects,
    place: Place,
    files: readonly TreeFile[],
    context: OperationContext,
  ): Promise<void> {
    const s3 = await this.#store.s3();
    const missing: TreeFile[] = [];
    for (const file of files) if (!(await kept.has(file))) missing.push(file);
    const total = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let bytes = 0;
    const counted = (more: number): void => {
      bytes += more;
      context.progress({ bytes, total });
    };
    await inParallel(missing, { atOnce, signal: context.signal }, async (file, signal) => {
      const { key, path, etag, sizeBytes } = file;
      const at: Place = { ...place, path: key, shown: place.shown + path };
      const { stream } = await openObject(s3, { place: at, etag, sizeBytes }, 0, { ...context, signal });
      await kept.add(file, stream, { signal, counted });
    });
  }
}

const writeTree = async (
  kept: KeptObjects,
  { folders, files }: ObjectTree,
  directory: string,
  { signal }: OperationContext,
): Promise<void> => {
  try {
    for (const folder of folders) {
      await mkdir(join(directory, folder));
      await chmod(join(directory, folder), 0o755);
    }
    await inParallel(files, { atOnce, signal }, async (file, stopped) => {
      const target = join(directory, file.path);
      await kept.write(file, target, stopped);
      await chmod(target, 0o644);
    });
  } catch (error) {
    // The directory was empty and is again: the engine may try once more.
    for (const name of await readdir(directory))
      await rm(join(directory, name), { recursive: true, force: true });
    throw error;
  }
};
