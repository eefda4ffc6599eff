import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { errors } from "./errors.ts";

/** How many files are read at once. */
const width = 8;

/**
 * Refuses a working copy with damaged bytes: svn keeps each file as it was received under the name of its SHA-1, and
 * does not look again when it exports it.
 */
export const checkPristine = async (directory: string, signal: AbortSignal): Promise<void> => {
  const store = join(directory, ".svn", "pristine");
  const shards = await readdir(store).catch((cause) => {
    throw errors.HWS_SVN_FAILED(["checkout", "left a copy without its files"], { cause });
  });
  for (const shard of shards) {
    const names = (await readdir(join(store, shard))).filter((name) => name.endsWith(".svn-base"));
    for (let start = 0; start < names.length; start += width) {
      const some = names.slice(start, start + width);
      await Promise.all(some.map((name) => checkFile(join(store, shard, name), name, signal)));
    }
  }
};

const checkFile = async (file: string, name: string, signal: AbortSignal): Promise<void> => {
  const hash = createHash("sha1");
  await pipeline(createReadStream(file), hash, { signal });
  if (`${hash.digest("hex")}.svn-base` === name) return;
  throw errors.HWS_SVN_FAILED(["checkout", "left a file whose bytes have changed in the cache since"]);
};
