import { constants, createReadStream } from "node:fs";
import { chmod, copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type {
  ArchiveFormat,
  ArchiveSource,
  Downloaded,
  FetchingSource,
  OpenedArchive,
  OpenedPart,
  OperationContext,
  Problem,
  Revision,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { lookAt, openObject, revisionOf, versionOf, type WantedBytes } from "./object.ts";
import type { Place } from "./place.ts";
import type { Store } from "./store.ts";

/** One object, looked at and downloaded whole. */
class ObjectSource {
  protected readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const { place, label } = this.store.find(ref);
    context.signal.throwIfAborted();
    const { versionId } = this.store.options;
    const found = await lookAt(await this.store.s3(), { place, versionId }, context);
    if (found === undefined) throw this.store.nothingAt(place, label);
    return { ...revisionOf(found, place), label };
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await this.store.check(() => this.resolve({}, context), context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
  }

  /** The object of a revision. What was kept of it before is taken, and then the store is not asked. */
  protected async download(place: Place, revision: Revision, context: OperationContext): Promise<Downloaded> {
    let wanted: Promise<WantedBytes> | undefined;
    const open = async (offset: number, attempt: OperationContext): Promise<OpenedPart> => {
      wanted ??= this.#wanted(place, revision, attempt);
      const bytes = await wanted.catch((error: unknown) => {
        wanted = undefined;
        throw error;
      });
      return await openObject(await this.store.s3(), bytes, offset, attempt);
    };
    return await this.store.plugin.download({ identity: revision.id, open }, context);
  }

  /** What a GET has to ask for to get the bytes of a revision and no others. */
  async #wanted(place: Place, revision: Revision, context: OperationContext): Promise<WantedBytes> {
    const versionId = versionOf(revision) ?? this.store.options.versionId;
    const found = await lookAt(await this.store.s3(), { place, versionId }, context);
    if (found === undefined || revisionOf(found, place).id !== revision.id)
      throw errors.HWS_SOURCE_MOVED([place.shown]);
    const { etag, sizeBytes } = found;
    return { place, etag, sizeBytes, versionId };
  }
}

/** An archive: core reads it by its own rules. */
export class ArchiveObjectSource extends ObjectSource implements ArchiveSource {
  readonly #format: ArchiveFormat;

  constructor(store: Store, format: ArchiveFormat) {
    super(store);
    this.#format = format;
  }

  async open(
    { revision }: { readonly revision: Revision },
    context: OperationContext,
  ): Promise<OpenedArchive> {
    context.signal.throwIfAborted();
    const file = await this.download(this.store.placeOf(revision), revision, context);
    const { stripComponents = 0 } = this.store.options;
    const stream = createReadStream(file.path, { signal: context.signal });
    return { stream, format: this.#format, stripComponents };
  }
}

/** Any other file: a tree with this one file in it. */
export class FileObjectSource extends ObjectSource implements FetchingSource {
  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    context.signal.throwIfAborted();
    const place = this.store.placeOf(revision);
    const file = await this.download(place, revision, context);
    const target = join(directory, basename(place.path));
    await copyFile(file.path, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(target, 0o644);
  }
}
