import type { FetchingSource, OperationContext, Problem, Revision } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { checkListing, type ListedPath, listingId, totalBytes } from "./listing.ts";
import { refreshMirror, withMirror } from "./mirror.ts";
import { scanMirror } from "./mirror-scan.ts";
import { findProblems } from "./problems.ts";
import { refuseRef } from "./ref.ts";
import { readRemoteListing } from "./remote-listing.ts";
import type { RsyncServer } from "./rsync-server.ts";
import { writeTree } from "./tree-writer.ts";

/** What belongs to a tree: no owners, no devices, and links that cannot be followed while they are in the mirror. */
const tree = ["--recursive", "--links", "--no-devices", "--no-specials"];
const mirrored = [...tree, "--munge-links", "--omit-dir-times", "--delete", "--delete-excluded"];

/** A directory of an rsync server, as it is now. Its revisions are inexact: a listing names it, not its bytes. */
export class TreeSource implements FetchingSource {
  readonly #server: RsyncServer;

  constructor(server: RsyncServer) {
    this.#server = server;
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const { shown, name } = this.#server.place;
    refuseRef(ref, shown);
    const listing = readRemoteListing(await this.#server.list(tree, context), shown);
    this.#check(listing);
    return { id: listingId(listing), exact: false, label: name, url: shown };
  }

  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    context.signal.throwIfAborted();
    await withMirror(this.#server, context, async ({ content, ...places }) => {
      await refreshMirror(this.#server, { content, ...places }, mirrored, context);
      // What came is looked at by ourselves: rsync's own rules for names and links were got round before.
      const listing = await scanMirror(content, context.signal);
      this.#check(listing);
      if (listingId(listing) !== revision.id) throw errors.HWS_SOURCE_MOVED([this.#server.place.shown]);
      await writeTree(listing, { from: content, to: directory }, context.signal);
    });
  }

  check(context: OperationContext): Promise<readonly Problem[]> {
    return findProblems(this.#server, context);
  }

  #check(listing: readonly ListedPath[]): void {
    const { maxBytes, place } = this.#server;
    checkListing(listing);
    if (totalBytes(listing) > maxBytes) throw errors.HWS_RSYNC_TOO_LARGE([place.shown, maxBytes]);
  }
}
