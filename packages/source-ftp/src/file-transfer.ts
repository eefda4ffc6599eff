import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { FtpConnection } from "./ftp-connection.ts";

/** Openings of one file that bring no byte before the file is given up. */
const barrenOpenings = 3;

/** What one file is received into. */
class Reception {
  readonly #handle: FileHandle;
  readonly #received: (bytes: number) => void;
  #hash = createHash("sha256");
  held = 0;

  constructor(handle: FileHandle, received: (bytes: number) => void) {
    this.#handle = handle;
    this.#received = received;
  }

  async add(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      at += (await this.#handle.write(chunk, at, chunk.length - at, this.held + at)).bytesWritten;
    }
    this.#hash.update(chunk);
    this.held += chunk.length;
    this.#received(chunk.length);
  }

  /** The server can only begin anew. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash("sha256");
    this.#received(-this.held);
    this.held = 0;
  }

  digest(): string {
    return this.#hash.digest("hex");
  }
}

type ListedFile = { readonly path: string; readonly sizeBytes: number };

/** Opens the file once and takes what comes. */
const receive = async (
  connection: FtpConnection,
  { path, sizeBytes }: ListedFile,
  reception: Reception,
): Promise<void> => {
  const { stream, offset } = await connection.download(path, reception.held);
  if (offset !== reception.held) await reception.restart();
  for await (const chunk of stream) {
    if (reception.held + (chunk as Buffer).length > sizeBytes) {
      throw errors.HWS_FTP_LENGTH([path, sizeBytes, "more"]);
    }
    await reception.add(chunk as Buffer);
  }
};

/** A loss that a further opening may mend; anything else is thrown. */
const lossIn = (error: unknown): HawserError => {
  if (HawserError.is(error) && error.retryable) return error;
  throw error;
};

/**
 * Receives one file into a new one and gives its sha256. Where a connection broke, the file goes on from there on the
 * next one; a file that makes no progress is given up, and the engine tries the whole call again.
 */
export const receiveFile = async (
  connection: FtpConnection,
  file: ListedFile,
  { target, received }: { readonly target: string; readonly received: (bytes: number) => void },
): Promise<string> => {
  await using handle = await open(target, "wx", 0o600);
  const reception = new Reception(handle, received);
  for (let barren = 0; ; ) {
    const before = reception.held;
    const loss = await receive(connection, file, reception).then(() => undefined, lossIn);
    const more = reception.held > before;
    // When all bytes have come, only the server's last word may be missing.
    if (reception.held === file.sizeBytes && (more || loss === undefined)) return reception.digest();
    // Fewer bytes with the server's word that they are all: a server cannot see that somebody cut the way to us.
    barren = more ? 0 : barren + 1;
    if (barren >= barrenOpenings) {
      throw loss ?? errors.HWS_FTP_LENGTH([file.path, file.sizeBytes, `${reception.held}`]);
    }
  }
};
