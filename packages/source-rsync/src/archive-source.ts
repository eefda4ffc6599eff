import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import type {
  ArchiveSource as Contract,
  OpenedArchive,
  OperationContext,
  Problem,
  Revision,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { type ListedPath, listingId } from "./listing.ts";
import { refreshMirror, withMirror } from "./mirror.ts";
import { fileOf } from "./mirror-scan.ts";
import { findProblems } from "./problems.ts";
import { refuseRef } from "./ref.ts";
import { readRemoteListing } from "./remote-listing.ts";
import type { RsyncServer } from "./rsync-server.ts";
import type { NamedArchive } from "./rsync-url.ts";

/** How the one file is read. */
export interface ArchiveReading extends NamedArchive {
  readonly stripComponents: number;
}

/** One archive on an rsync server, as it is now. Its revisions are inexact: size and time name it, not its bytes. */
export class ArchiveSource implements Contract {
  readonly #server: RsyncServer;
  readonly #archive: ArchiveReading;

  constructor(server: RsyncServer, archive: ArchiveReading) {
    this.#server = server;
    this.#archive = archive;
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const { shown, name } = this.#server.place;
    refuseRef(ref, shown);
    const { listed } = await this.#find(context);
    return { id: listingId([listed]), exact: false, label: name, url: shown };
  }

  /** The stream has the bytes of this revision, also when a later call brings the mirror to others. */
  async open(
    { revision }: { readonly revision: Revision },
    context: OperationContext,
  ): Promise<OpenedArchive> {
    const { shown, name: path } = this.#server.place;
    const { listed, argv } = await this.#find(context);
    const check = (now: ListedPath): void => {
      if (listingId([now]) !== revision.id) throw errors.HWS_SOURCE_MOVED([shown]);
    };
    check(listed);
    return await withMirror(this.#server, context, async (mirror) => {
      await refreshMirror(this.#server, mirror, argv, context);
      const at = join(mirror.content, path);
      const stat = await lstat(at, { bigint: true }).catch((cause) => {
        throw errors.HWS_SOURCE_MOVED([shown], { cause });
      });
      check({ path, target: "", ...fileOf(stat) });
      const { format, stripComponents } = this.#archive;
      return { stream: (await open(at, "r")).createReadStream(), format, stripComponents };
    });
  }

  check(context: OperationContext): Promise<readonly Problem[]> {
    return findProblems(this.#server, context);
  }

  /**
   * What is at the URL, and how it is fetched. `latest.tar.gz` is often a link to the newest one; a server that is kept to
   * one folder does not follow links, and is asked to only where there is one.
   */
  async #find(context: OperationContext): Promise<{ listed: ListedPath; argv: readonly string[] }> {
    const { place, maxBytes } = this.#server;
    const itself = await this.#list([], context);
    const argv = itself?.kind === "link" ? ["--copy-links"] : [];
    const listed = argv.length > 0 ? await this.#list(argv, context) : itself;
    if (listed === undefined || !isFile(listed)) throw errors.HWS_RSYNC_NOT_FILE([place.shown]);
    if (listed.sizeBytes > maxBytes) throw errors.HWS_RSYNC_TOO_LARGE([place.shown, maxBytes]);
    return { listed, argv };
  }

  async #list(argv: readonly string[], context: OperationContext): Promise<ListedPath | undefined> {
    const { shown, name } = this.#server.place;
    const text = await this.#server.list(["--links", ...argv], context);
    return readRemoteListing(text, shown).find(({ path }) => path === name);
  }
}

const isFile = ({ kind }: ListedPath): boolean => kind === "file" || kind === "executable";
