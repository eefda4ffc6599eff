import { open, readdir } from "node:fs/promises";
import { join, relative } from "node:path";

/** A key stands at the beginning of its file, if perhaps behind a few words. */
const headBytes = 4096;

const privateKey = /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/;

const headOf = async (path: string): Promise<string> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
};

/** Looks at every file below a folder; links are not followed. */
export const scan = async (
  directory: string,
  signal: AbortSignal,
): Promise<{ readonly files: number; readonly found: readonly string[] }> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found: string[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    if (privateKey.test(await headOf(path))) found.push(relative(directory, path));
  }
  return { files: paths.length, found: found.sort() };
};
