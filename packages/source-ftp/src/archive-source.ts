import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import {
  type ArchiveFormat,
  type ArchiveSource,
  HawserError,
  type OpenedArchive,
  type OperationContext,
  type PluginContext,
  type Problem,
  type Revision,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { FtpConnection } from "./ftp-connection.ts";
import type { FtpPlace } from "./ftp-place.ts";
import type { FtpSourceOptions } from "./options.ts";
import { problemsOf } from "./problems.ts";
import { refuseRef } from "./ref-name.ts";
import { isSettled } from "./settled.ts";

interface SeenFile {
  readonly id: string;
  readonly sizeBytes: number;
  readonly time: string;
}

/** One archive of an FTP server. Its revisions are inexact: length and time name them, not their bytes. */
export class ArchiveFileSource implements ArchiveSource {
  readonly #place: FtpPlace;
  readonly #format: ArchiveFormat;
  readonly #stripComponents: number;
  readonly #plugin: PluginContext;

  constructor(
    place: FtpPlace & { readonly archive: ArchiveFormat },
    options: FtpSourceOptions,
    plugin: PluginContext,
  ) {
    this.#place = place;
    this.#format = place.archive;
    this.#stripComponents = options.stripComponents ?? 0;
    this.#plugin = plugin;
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    context.signal.throwIfAborted();
    const { url, path } = this.#place;
    refuseRef(ref, url);
    const { id } = await this.#connected(context, (connection) => this.#look(connection));
    return { id, exact: false, label: basename(path), url };
  }

  /** The file is looked at before and after it is received; both times it must be the revision's. */
  async open(
    { revision }: { readonly revision: Revision },
    context: OperationContext,
  ): Promise<OpenedArchive> {
    context.signal.throwIfAborted();
    const path = await this.#connected(context, async (connection) => {
      const seen = await this.#expect(connection, revision);
      const download = this.#plugin.download(
        {
          identity: this.#identityOf(seen),
          sizeBytes: seen.sizeBytes,
          open: (offset) => connection.download("", offset),
        },
        context,
      );
      const downloaded = await download.catch(async (error: unknown) => {
        // An archive of another length most often means that somebody writes to it.
        if (!(HawserError.is(error) && error.retryable)) await this.#expect(connection, revision);
        throw error;
      });
      await this.#expect(connection, revision);
      return downloaded.path;
    });
    return {
      stream: createReadStream(path),
      format: this.#format,
      ...(this.#stripComponents > 0 && { stripComponents: this.#stripComponents }),
    };
  }

  /** Whether the server lets this user in, and whether the file is there. */
  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await problemsOf(this.#place, context, async (connection) => void (await this.#look(connection)));
  }

  /** Bytes that could be told from others by length and time are taken from the cache; else they are received. */
  #identityOf({ id, time }: SeenFile): string {
    const { url, username } = this.#place;
    return [url, username, id, isSettled(time, Date.now()) ? "" : randomUUID()].join(" ");
  }

  async #look(connection: FtpConnection): Promise<SeenFile> {
    const { path, url } = this.#place;
    const sizeBytes = await connection.sizeOf("");
    if (sizeBytes === undefined) throw errors.HWS_FTP_PATH([path, url, "file"]);
    const time = (await connection.timeOf("")) ?? "";
    const hash = createHash("sha256").update(JSON.stringify([path, sizeBytes, time]));
    return { id: `file-${hash.digest("hex")}`, sizeBytes, time };
  }

  async #expect(connection: FtpConnection, revision: Revision): Promise<SeenFile> {
    const seen = await this.#look(connection);
    if (seen.id !== revision.id) throw errors.HWS_SOURCE_MOVED([this.#place.url]);
    return seen;
  }

  async #connected<T>(
    context: OperationContext,
    work: (connection: FtpConnection) => Promise<T>,
  ): Promise<T> {
    const connection = new FtpConnection(this.#place, context.signal);
    try {
      return await work(connection);
    } catch (error) {
      context.signal.throwIfAborted();
      throw error;
    } finally {
      connection.close();
    }
  }
}
