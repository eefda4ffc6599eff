import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  exclusion,
  type FetchingSource,
  HawserError,
  type OperationContext,
  type PluginContext,
  type Problem,
  type Revision,
} from "@hawser/core/plugin";
import { ConnectionPool } from "./connection-pool.ts";
import { errors } from "./errors.ts";
import type { ListedPath } from "./folder-listing.ts";
import type { FtpPlace } from "./ftp-place.ts";
import { Mirror } from "./mirror.ts";
import type { FtpSourceOptions } from "./options.ts";
import { problemsOf } from "./problems.ts";
import { refuseRef } from "./ref-name.ts";
import { listingId, listTree } from "./tree-listing.ts";
import { writeTree } from "./tree-writer.ts";

/** A directory of an FTP server. Its revisions are inexact: a listing names them, not their bytes. */
export class TreeSource implements FetchingSource {
  readonly #place: FtpPlace;
  readonly #connections: number;
  readonly #excluded: (path: string) => boolean;
  readonly #mirror: string;

  constructor(place: FtpPlace, options: FtpSourceOptions, { cacheDirectory }: PluginContext) {
    this.#place = place;
    this.#connections = options.connections ?? 4;
    this.#excluded = exclusion(options.exclude ?? [], (pattern) =>
      errors.HWS_FTP_OPTION(["exclude", `the pattern ${JSON.stringify(pattern)} can match no path`]),
    );
    const { host, port, username, path } = place;
    const name = createHash("sha256")
      .update(JSON.stringify([host, port, username, path]))
      .digest("hex");
    this.#mirror = join(cacheDirectory, "trees", name.slice(0, 32));
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    context.signal.throwIfAborted();
    refuseRef(ref, this.#place.url);
    await using pool = this.#pool(context);
    const id = listingId(await this.#list(pool));
    return { id, exact: false, label: this.#place.path || ".", url: this.#place.url };
  }

  /** The directory is listed before and after its files are received; both listings must be the revision's. */
  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    context.signal.throwIfAborted();
    await using pool = this.#pool(context);
    const listing = await this.#listAgain(pool, revision);
    const mirror = await Mirror.open(this.#mirror);
    try {
      await writeTree(listing, directory, { pool, mirror, context });
      await this.#listAgain(pool, revision);
    } catch (error) {
      const cause = context.signal.aborted ? error : await this.#explained(error, revision, context);
      // Of a source that moved nobody knows which of its files are as they were listed.
      if (!HawserError.is(cause, "HWS_SOURCE_MOVED")) await mirror.save();
      context.signal.throwIfAborted();
      throw cause;
    }
    await mirror.keepOnly(new Set(listing.map(({ path }) => path)));
  }

  /** Whether the server lets this user in, and whether the directory is there. */
  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await problemsOf(this.#place, context, async (connection) => void (await connection.list("")));
  }

  #pool(context: OperationContext): ConnectionPool {
    return new ConnectionPool(this.#place, this.#connections, context);
  }

  async #list(pool: ConnectionPool): Promise<readonly ListedPath[]> {
    return await listTree(pool, { url: this.#place.url, excluded: this.#excluded });
  }

  async #listAgain(pool: ConnectionPool, revision: Revision): Promise<readonly ListedPath[]> {
    const listing = await this.#list(pool);
    if (listingId(listing) !== revision.id) throw errors.HWS_SOURCE_MOVED([this.#place.url]);
    return listing;
  }

  /** A file that is gone or of another length most often means that somebody writes to the directory. */
  async #explained(error: unknown, revision: Revision, context: OperationContext): Promise<unknown> {
    if (!HawserError.is(error, "HWS_FTP_FILE") && !HawserError.is(error, "HWS_FTP_LENGTH")) return error;
    await using pool = this.#pool(context);
    return await this.#listAgain(pool, revision).then(
      () => error,
      (cause: unknown) => (HawserError.is(cause, "HWS_SOURCE_MOVED") ? cause : error),
    );
  }
}
