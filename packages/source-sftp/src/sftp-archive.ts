import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { Readable } from "node:stream";
import type {
  ArchiveFormat,
  ArchiveSource,
  OpenedArchive,
  OpenedPart,
  OperationContext,
  PluginContext,
  Problem,
  Revision,
} from "@hawser/core/plugin";
import type { Sftp, SftpAttributes } from "@hawser/ssh";
import { errors } from "./errors.ts";
import { isTelling } from "./file-time.ts";
import type { SftpSourceOptions } from "./options.ts";
import { readPieces } from "./pieces.ts";
import { isMissing, RemotePlace, refuseRef } from "./remote-place.ts";

const idOf = ({ kind, sizeBytes, modified }: SftpAttributes, path: string): string =>
  `listing-${createHash("sha256")
    .update(JSON.stringify([path, kind, sizeBytes, modified]))
    .digest("hex")}`;

/** A stream that ends a session with itself; who destroys it does not wait for what is in flight. */
const streamOf = (pieces: AsyncGenerator<Buffer>, session: AsyncDisposable): Readable =>
  new Readable({
    read() {
      pieces.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      void session[Symbol.asyncDispose]();
      done(error);
    },
  });

/** An archive on a server, as it is now. Its revisions are inexact: its size and time name it, not its bytes. */
export class SftpArchive implements ArchiveSource {
  readonly #place: RemotePlace;
  readonly #format: ArchiveFormat;
  readonly #stripComponents: number;
  readonly #download: PluginContext["download"];

  constructor(options: SftpSourceOptions, format: ArchiveFormat, { download }: PluginContext) {
    for (const option of ["exclude", "connections"] as const)
      if (options[option] !== undefined)
        throw errors.HWS_SFTP_OPTION([option, "the path names an archive, not a directory"]);
    this.#place = new RemotePlace(options);
    this.#format = format;
    this.#stripComponents = options.stripComponents ?? 0;
    this.#download = download;
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const { url, path } = this.#place;
    refuseRef(ref, url);
    return await this.#place.visit(1, context, async ([sftp]) => {
      const found = await this.#look(sftp);
      return { id: idOf(found, path), exact: false, label: posix.basename(path), url, time: found.modified };
    });
  }

  /** The archive is looked at before and after the download; both must be the revision's. */
  async open(
    { revision }: { readonly revision: Revision },
    context: OperationContext,
  ): Promise<OpenedArchive> {
    const { url } = this.#place;
    const lookedMs = Date.now();
    const { sizeBytes, modified } = await this.#expect(revision, context);
    // What may change without showing it is not taken from what was kept.
    const once = isTelling(modified, lookedMs) ? [] : [randomUUID()];
    const { path } = await this.#download(
      {
        identity: JSON.stringify([url, sizeBytes, modified, ...once]),
        sizeBytes,
        open: (offset, inner) => this.#openPart(revision, offset, inner),
      },
      context,
    );
    await this.#expect(revision, context);
    return { stream: createReadStream(path), format: this.#format, stripComponents: this.#stripComponents };
  }

  /** Logs in and looks whether the archive is there. */
  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await this.#place.problems(() => this.#place.visit(1, context, ([sftp]) => this.#look(sftp)));
  }

  async #openPart(revision: Revision, offset: number, context: OperationContext): Promise<OpenedPart> {
    const opened = await this.#place.open(1, context);
    try {
      const [sftp] = opened.sessions;
      const file = await sftp.open(await this.#place.find(sftp));
      const { sizeBytes } = this.#same(await file.attributes(), revision);
      return { stream: streamOf(readPieces(file, offset, sizeBytes), opened), offset, sizeBytes };
    } catch (error) {
      await opened[Symbol.asyncDispose]();
      context.signal.throwIfAborted();
      throw this.#place.moved(error);
    }
  }

  async #expect(revision: Revision, context: OperationContext): Promise<SftpAttributes> {
    try {
      return await this.#place.visit(1, context, async ([sftp]) =>
        this.#same(await this.#look(sftp), revision),
      );
    } catch (error) {
      throw this.#place.moved(error);
    }
  }

  #same(found: SftpAttributes, revision: Revision): SftpAttributes {
    if (idOf(found, this.#place.path) !== revision.id) throw errors.HWS_SOURCE_MOVED([this.#place.url, ""]);
    return found;
  }

  async #look(sftp: Sftp): Promise<SftpAttributes> {
    const { url } = this.#place;
    const found = await sftp.attributes(await this.#place.find(sftp)).catch((error: unknown) => {
      throw isMissing(error) ? errors.HWS_SFTP_NOT_FOUND([url], { cause: error }) : error;
    });
    if (found.kind !== "file") throw errors.HWS_SFTP_KIND([url, "a file"]);
    return found;
  }
}
