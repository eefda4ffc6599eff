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

/** `latest.tar.gz` is often a link to the newest one. */
const file = ["--copy-links"];

/** One archive on an rsync server, as it is now. Its revisions are inexact: size and time name it, not its bytes. */
export class ArchiveSource implements Contract {
  readonly #server: RsyncServer;
  readonly #archive: NamedArchive;

  constructor(server: RsyncServer, archive: NamedArchive) {
    this.#server = server;
    this.#archive = archive;
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const { shown, name } = this.#server.place;
    refuseRef(ref, shown);
    const [found, ...others] = readRemoteListing(await this.#server.list(file, context), shown);
    if (found === undefined || others.length > 0 || found.path !== name || !isFile(found))
      throw errors.HWS_RSYNC_NOT_FILE([shown]);
    if (found.sizeBytes > this.#server.maxBytes)
      throw errors.HWS_RSYNC_TOO_LARGE([shown, this.#server.maxBytes]);
    return { id: listingId([found]), exact: false, label: name, url: shown };
  }

  /** The stream has the file's bytes of now, also when a later call brings the mirror to others. */
  async open(
    { revision }: { readonly revision: Revision },
    context: OperationContext,
  ): Promise<OpenedArchive> {
    context.signal.throwIfAborted();
    const { shown, name: path } = this.#server.place;
    return await withMirror(this.#server, context, async (mirror) => {
      await refreshMirror(this.#server, mirror, file, context);
      const at = join(mirror.content, path);
      const stat = await lstat(at, { bigint: true }).catch((cause) => {
        throw errors.HWS_SOURCE_MOVED([shown], { cause });
      });
      const listed = { path, target: "", ...fileOf(stat) };
      if (!stat.isFile() || listingId([listed]) !== revision.id) throw errors.HWS_SOURCE_MOVED([shown]);
      const handle = await open(at, "r");
      return { stream: handle.createReadStream(), format: this.#archive.format };
    });
  }

  check(context: OperationContext): Promise<readonly Problem[]> {
    return findProblems(this.#server, context);
  }
}

const isFile = ({ kind }: ListedPath): boolean => kind === "file" || kind === "executable";
