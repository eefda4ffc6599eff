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
    await this.#handle.writev([chunk], this.held);
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

/** Opens the file once and takes what comes. */
const receive = async (
  connection: FtpConnection,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
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
  if (reception.held < sizeBytes) throw errors.HWS_FTP_LENGTH([path, sizeBytes, `${reception.held}`]);
};

/**
 * Receives one file into a new one and gives its sha256. Where a connection broke, the file goes on from there on the
 * next one; a file that makes no progress is given up, and the engine tries the whole call again.
 */
export const receiveFile = async (
  connection: FtpConnection,
  file: { readonly path: string; readonly sizeBytes: number },
  { target, received }: { readonly target: string; readonly received: (bytes: number) => void },
): Promise<string> => {
  await using handle = await open(target, "wx", 0o600);
  const reception = new Reception(handle, received);
  for (let barren = 0; ; ) {
    const before = reception.held;
    try {
      await receive(connection, file, reception);
      return reception.digest();
    } catch (error) {
      if (!HawserError.is(error) || !error.retryable) throw error;
      // All is there, and only the server's last word is missing.
      if (reception.held === file.sizeBytes && before < reception.held) return reception.digest();
      barren = reception.held > before ? 0 : barren + 1;
      if (barren >= barrenOpenings) throw error;
    }
  }
};
