import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { errors } from "./errors.ts";

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The file of `--result`: it appears whole by one rename, and what it cannot hold is known before a run starts. */
export class ResultFile {
  readonly #path: string;
  readonly #part: string;

  private constructor(path: string, part: string) {
    this.#path = path;
    this.#part = part;
  }

  static async prepare(cwd: string, file: string): Promise<ResultFile> {
    const path = resolve(cwd, file);
    const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
    try {
      await (await open(part, "w")).close();
    } catch (error) {
      throw errors.HWS_CLI_FILE_UNWRITABLE([file, reason(error)]);
    }
    return new ResultFile(path, part);
  }

  async write(result: object): Promise<void> {
    try {
      const handle = await open(this.#part, "w");
      try {
        await handle.writeFile(`${JSON.stringify(result, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(this.#part, this.#path);
    } catch (error) {
      await this.discard();
      throw errors.HWS_CLI_FILE_UNWRITABLE([this.#path, reason(error)]);
    }
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await rm(this.#part, { force: true }).catch(() => {});
  }
}
