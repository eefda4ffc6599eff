import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { OperationContext } from "@hawser/core/plugin";
import type { ConnectionPool } from "./connection-pool.ts";
import { receiveFile } from "./file-transfer.ts";
import type { ListedPath } from "./folder-listing.ts";
import type { FtpConnection } from "./ftp-connection.ts";
import type { Mirror } from "./mirror.ts";
import { isSettled } from "./settled.ts";

interface Tools {
  readonly pool: ConnectionPool;
  readonly mirror: Mirror;
  readonly context: OperationContext;
}

/** Files that are copied at a time. */
const copies = 16;

/** Counts what has come against what is expected. */
const counter = (files: readonly ListedPath[], context: OperationContext): ((bytes: number) => void) => {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let bytes = 0;
  return (more) => {
    bytes += more;
    context.progress({ bytes, total });
  };
};

const modeOf = ({ executable }: ListedPath): number => (executable ? 0o755 : 0o644);

/** Copies what the mirror has; gives the files that it has not. */
const copyKept = async (
  files: readonly ListedPath[],
  directory: string,
  { mirror, context }: Tools,
  count: (bytes: number) => void,
): Promise<readonly ListedPath[]> => {
  const missing: ListedPath[] = [];
  const copy = async (file: ListedPath): Promise<void> => {
    const target = join(directory, file.path);
    if (!(await mirror.give(file, target))) return void missing.push(file);
    await chmod(target, modeOf(file));
    count(file.sizeBytes);
  };
  for (let start = 0; start < files.length; start += copies) {
    context.signal.throwIfAborted();
    await Promise.all(files.slice(start, start + copies).map(copy));
  }
  return missing;
};

const transfer = async (
  connection: FtpConnection,
  file: ListedPath,
  { target, mirror, count }: { target: string; mirror: Mirror; count: (bytes: number) => void },
): Promise<void> => {
  const incoming = mirror.incoming();
  const readAtMs = Date.now();
  try {
    const sha256 = await receiveFile(connection, file, { target: incoming, received: count });
    await mirror.take(incoming, { target, sha256 });
    await chmod(target, modeOf(file));
    const { path, sizeBytes, time } = file;
    if (isSettled(time, readAtMs)) mirror.know(path, { sizeBytes, time, sha256 });
  } finally {
    await rm(incoming, { force: true });
  }
};

/** Writes a listed tree into an empty directory: from the mirror what it has, from the server the rest. */
export const writeTree = async (
  listing: readonly ListedPath[],
  directory: string,
  tools: Tools,
): Promise<void> => {
  const files = listing.filter(({ kind }) => kind === "file");
  const count = counter(files, tools.context);
  for (const { path, kind } of listing) {
    if (kind !== "directory") continue;
    await mkdir(join(directory, path));
    await chmod(join(directory, path), 0o755);
  }
  const missing = await copyKept(files, directory, tools, count);
  await tools.pool.each(missing, (connection, file) =>
    transfer(connection, file, { target: join(directory, file.path), mirror: tools.mirror, count }),
  );
};
