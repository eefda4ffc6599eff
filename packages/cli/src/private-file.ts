import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { errors } from "./errors.ts";

/** Writes a file that only its owner can read: whole or not at all, whatever was there before. */
export const writePrivate = async (cwd: string, file: string, text: string): Promise<void> => {
  const path = resolve(cwd, file);
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await rm(part, { force: true });
    const handle = await open(part, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw errors.HWS_CLI_FILE_UNWRITABLE([file, error instanceof Error ? error.message : String(error)]);
  }
};
