import { readdir, rm } from "node:fs/promises";
import { join, posix } from "node:path";
import {
  exclusion,
  type FetchingSource,
  type OperationContext,
  type PluginContext,
  type Problem,
  type Revision,
} from "@hawser/core/plugin";
import type { Sftp } from "@hawser/ssh";
import { errors } from "./errors.ts";
import { type ListedPath, listingId, listTree } from "./listing.ts";
import { Mirror } from "./mirror.ts";
import type { SftpSourceOptions } from "./options.ts";
import { isMissing, RemotePlace, refuseRef } from "./remote-place.ts";
import { writeTree } from "./tree-writer.ts";

/** A directory on a server, as it is now. Its revisions are inexact: a listing names it, not its bytes. */
export class SftpTree implements FetchingSource {
  readonly #place: RemotePlace;
  readonly #excluded: (path: string) => boolean;
  readonly #connections: number;
  readonly #cacheDirectory: string;
  /** What tells this source's mirror from those of others. */
  readonly #identity: string;

  constructor(options: SftpSourceOptions, { cacheDirectory }: PluginContext) {
    if (options.stripComponents !== undefined)
      throw errors.HWS_SFTP_OPTION(["stripComponents", "the path names a directory, not an archive"]);
    this.#place = new RemotePlace(options);
    this.#excluded = exclusion(options.exclude ?? [], (pattern) => errors.HWS_SFTP_PATTERN([pattern]));
    this.#connections = options.connections ?? 2;
    this.#cacheDirectory = cacheDirectory;
    this.#identity = JSON.stringify([this.#place.url, options.jump, options.exclude]);
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const { url, path } = this.#place;
    refuseRef(ref, url);
    return await this.#place.visit(1, context, async ([sftp]) => {
      const { listing } = await this.#list(sftp, context);
      return { id: listingId(listing), exact: false, label: posix.basename(path), url };
    });
  }

  /** The directory is listed before and after the transfer; both listings must be the revision's. */
  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    const { url } = this.#place;
    const mirror = await Mirror.open(this.#cacheDirectory, this.#identity);
    try {
      await this.#place.visit(this.#connections, context, async (sessions) => {
        const { root, listing } = await this.#list(sessions[0], context);
        if (listingId(listing) !== revision.id) throw errors.HWS_SOURCE_MOVED([url, ""]);
        await writeTree({ listing, root, directory, url, mirror, sessions }, context);
        const after = await this.#list(sessions[0], context);
        if (listingId(after.listing) !== revision.id) throw errors.HWS_SOURCE_MOVED([url, ""]);
      });
      await mirror.settle();
    } catch (error) {
      // Whether it can be kept or not: what went wrong is told.
      await mirror.save().catch(() => {});
      for (const name of await readdir(directory))
        await rm(join(directory, name), { recursive: true, force: true });
      throw this.#place.moved(error);
    }
  }

  /** Logs in and looks whether the directory is there. */
  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await this.#place.problems(() => this.#place.visit(1, context, ([sftp]) => this.#root(sftp)));
  }

  async #root(sftp: Sftp): Promise<string> {
    const { url } = this.#place;
    const root = await this.#place.find(sftp);
    const attributes = await sftp.attributes(root).catch((error: unknown) => {
      throw isMissing(error) ? errors.HWS_SFTP_NOT_FOUND([url], { cause: error }) : error;
    });
    if (attributes.kind !== "directory") throw errors.HWS_SFTP_KIND([url, "a directory"]);
    return root;
  }

  async #list(
    sftp: Sftp,
    { signal }: OperationContext,
  ): Promise<{ readonly root: string; readonly listing: readonly ListedPath[] }> {
    const root = await this.#root(sftp);
    const request = { root: root === "/" ? "" : root, url: this.#place.url, excluded: this.#excluded };
    return { root: request.root, listing: await listTree(sftp, request, signal) };
  }
}
