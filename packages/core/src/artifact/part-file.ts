import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";

/**
 * Makes a file that appears whole or not at all: it is written beside its place under another name and renamed
 * at the end. A failure removes what was written.
 */
export const writeWhole = async <T>(output: string, write: (file: FileHandle) => Promise<T>): Promise<T> => {
  const part = `${output}.part-${randomBytes(6).toString("hex")}`;
  try {
    const file = await open(part, "wx", 0o600);
    let result: T;
    try {
      result = await write(file);
    } finally {
      await file.close();
    }
    await rename(part, output);
    return result;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
};
