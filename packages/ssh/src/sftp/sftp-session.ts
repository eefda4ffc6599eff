import type { FileEntryWithStats, SFTPWrapper, Stats } from "ssh2";
import { errors } from "../errors.ts";
import { type Done, Requests } from "./requests.ts";
import type { Sftp, SftpAttributes, SftpEntry, SftpFile } from "./sftp.ts";

/** By the bits of a mode that tell the type. */
const kinds: ReadonlyMap<number, SftpAttributes["kind"]> = new Map([
  [0o040000, "directory"],
  [0o100000, "file"],
  [0o120000, "link"],
]);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The status that ends a directory's list. */
const endOfList = 1;

/** `full`: ssh2's own filter fails on an answer that holds no list; its types leave the option out. */
type ReadDirectory = (
  handle: Buffer,
  options: { readonly full: true },
  done: Done<FileEntryWithStats[]>,
) => void;

/** A session of ssh2. What comes back is looked at before it is believed: ssh2's types promise more than a server. */
export class SftpSession implements Sftp {
  readonly where: string;
  readonly #wrapper: SFTPWrapper;
  readonly #requests: Requests;

  /** `lost` says why the connection under it ended, should it end. */
  constructor(wrapper: SFTPWrapper, where: string, lost: Promise<string>) {
    this.#wrapper = wrapper;
    this.#requests = new Requests(where);
    this.where = where;
    void lost.then((why) => this.#requests.end(why));
    wrapper.on("error", (error: Error) => this.#requests.end(`its SFTP could not be read: ${error.message}`));
    wrapper.on("close", () => this.#requests.end("the server ended the SFTP session"));
  }

  async realPath(path: string): Promise<string> {
    const real = await this.#requests.ask<string>(path, (done) => this.#wrapper.realpath(path, done));
    return this.#expect(real, path, typeof real === "string" && real.startsWith("/"));
  }

  async attributes(path: string): Promise<SftpAttributes> {
    const said = await this.#requests.ask<Stats>(path, (done) => this.#wrapper.lstat(path, done));
    return this.#attributes(said, path);
  }

  async readLink(path: string): Promise<string> {
    const target = await this.#requests.ask<string>(path, (done) => this.#wrapper.readlink(path, done));
    return this.#expect(target, path, typeof target === "string" && target !== "");
  }

  async list(path: string, limit: number): Promise<readonly SftpEntry[]> {
    const handle = await this.#handle(path, (done) => this.#wrapper.opendir(path, done));
    const entries: SftpEntry[] = [];
    try {
      for (;;) {
        const part = await this.#part(path, handle);
        if (part !== undefined) for (const entry of part) entries.push(entry);
        if (part === undefined || entries.length >= limit) return entries;
      }
    } finally {
      this.#close(handle);
    }
  }

  async open(path: string): Promise<SftpFile> {
    const handle = await this.#handle(path, (done) => this.#wrapper.open(path, "r", done));
    return {
      attributes: async () =>
        this.#attributes(
          await this.#requests.ask<Stats>(path, (done) => this.#wrapper.fstat(handle, done)),
          path,
        ),
      read: async (position, length) => {
        const bytes = Buffer.allocUnsafe(length);
        const count = await this.#requests.ask<number>(path, (done) =>
          this.#wrapper.read(handle, bytes, 0, length, position, done),
        );
        return bytes.subarray(0, this.#expect(count, path, isCount(count) && count <= length));
      },
      close: () => this.#close(handle),
    };
  }

  /** The next names of a directory; undefined at its end. */
  async #part(path: string, handle: Buffer): Promise<readonly SftpEntry[] | undefined> {
    const readDirectory = this.#wrapper.readdir.bind(this.#wrapper) as unknown as ReadDirectory;
    const names = await this.#requests.ask<readonly FileEntryWithStats[] | undefined>(path, (done) =>
      readDirectory(handle, { full: true }, (error, list) =>
        error?.code === endOfList ? done(undefined, undefined) : done(error, list ?? []),
      ),
    );
    if (names === undefined) return undefined;
    this.#expect(names, path, Array.isArray(names) && names.length > 0);
    return names
      .filter(({ filename }) => filename !== "." && filename !== "..")
      .map(({ filename, attrs }) => ({
        name: this.#expect(filename, path, typeof filename === "string"),
        ...this.#attributes(attrs, path),
      }));
  }

  async #handle(path: string, send: (done: Done<Buffer>) => void): Promise<Buffer> {
    const handle = await this.#requests.ask<Buffer>(path, send);
    return this.#expect(handle, path, Buffer.isBuffer(handle));
  }

  #close(handle: Buffer): void {
    this.#requests
      .ask<undefined>("", (done) => this.#wrapper.close(handle, (error) => done(error)))
      .catch(() => {});
  }

  #attributes(said: Stats | undefined, path: string): SftpAttributes {
    const { mode, size, mtime } = (said ?? {}) as Partial<Stats>;
    if (!isCount(mode) || !isCount(size) || !isCount(mtime))
      throw errors.HWS_SSH_SFTP_ANSWER([this.where, path]);
    const kind = kinds.get(mode & 0o170000) ?? "special";
    return { kind, mode: mode & 0o7777, sizeBytes: size, modified: mtime };
  }

  #expect<T>(answer: T, path: string, fits: boolean): T {
    if (!fits) throw errors.HWS_SSH_SFTP_ANSWER([this.where, path]);
    return answer;
  }
}
