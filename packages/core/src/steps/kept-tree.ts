import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync } from "node:fs";
import { lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Turn } from "../artifact/turn.ts";
import type { Revision } from "../contracts/source.ts";

/** What a tree was when its source had written it. */
interface Mark {
  /** What the tree was fetched with: the source and its options. */
  readonly key: string;
  readonly revision: Revision;
  /** Of the walk over it: every name with its type, mode, size, times and inode. */
  readonly walk: string;
}

interface Walk {
  readonly digest: string;
  /** Nanoseconds since 1970. */
  readonly newest: bigint;
}

const line = (name: string, stats: BigIntStats): string =>
  stats.isDirectory()
    ? `${name}/ ${stats.mode}\0`
    : `${name} ${stats.mode} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}\0`;

/** Looks at every path without reading a file: one that was changed has another ctime, which nobody can set. */
const walkTree = async (tree: string, signal: AbortSignal): Promise<Walk> => {
  const hash = createHash("sha256");
  const turn = new Turn(signal);
  const folders = [""];
  let newest = 0n;
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const name of readdirSync(join(tree, at), { encoding: "latin1" }).sort()) {
      await turn.yield();
      const path = at === "" ? name : `${at}/${name}`;
      const stats = lstatSync(Buffer.from(`${tree}/${path}`, "latin1"), { bigint: true });
      hash.update(line(path, stats));
      if (stats.isDirectory()) folders.push(path);
      else if (stats.ctimeNs > newest) newest = stats.ctimeNs;
    }
  }
  return { digest: hash.digest("hex"), newest };
};

/**
 * The tree of the last fetch, kept on the deployer so that the next one writes only what differs. It is believed only
 * when every path still has the stat that it had when the source had written it; else it is fetched anew. Whoever
 * takes it has it alone, by a rename.
 */
export class KeptTree {
  readonly #place: string;
  readonly #scratch: string;
  readonly #key: string;

  /** Where the deployer keeps the tree of an environment. */
  static placeIn(cacheDirectory: string): string {
    return join(cacheDirectory, "tree");
  }

  /** `place` outlives runs; `scratch` is the private folder of this one, on the same file system. */
  constructor(place: string, scratch: string, key: string) {
    this.#place = place;
    this.#scratch = scratch;
    this.#key = key;
  }

  get tree(): string {
    return join(this.#scratch, "tree");
  }

  get #mark(): string {
    return join(this.#scratch, "tree.mark");
  }

  /** Moves the kept tree into the scratch folder and gives its revision; undefined when there is none to believe. */
  async take(signal: AbortSignal): Promise<Revision | undefined> {
    try {
      await rename(this.#place, this.tree);
      const mark = JSON.parse(await readFile(`${this.#place}.mark`, "utf8")) as Mark;
      if (mark.key !== this.#key || typeof mark.revision?.id !== "string") return undefined;
      return (await walkTree(this.tree, signal)).digest === mark.walk ? mark.revision : undefined;
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  /** Notes what the source has just written; a file younger than the note could change without showing it. */
  async mark(revision: Revision, signal: AbortSignal): Promise<void> {
    const { digest, newest } = await walkTree(this.tree, signal);
    const mark: Mark = { key: this.#key, revision, walk: digest };
    await writeFile(this.#mark, JSON.stringify(mark), { mode: 0o600 });
    const { ctimeNs } = await lstat(this.#mark, { bigint: true });
    if (newest >= ctimeNs) await rm(this.#mark);
  }

  /** Keeps the tree of a scratch folder that is about to go. The mark goes first: a tree is nothing without its own. */
  static async keep(place: string, scratch: string): Promise<void> {
    try {
      await rename(join(scratch, "tree.mark"), join(scratch, "kept.mark"));
      await rm(`${place}.mark`, { force: true });
      await rm(place, { recursive: true, force: true });
      await rename(join(scratch, "tree"), place);
      await rename(join(scratch, "kept.mark"), `${place}.mark`);
    } catch {
      // Nothing to keep, or another run beside this one keeps its own: the next fetch is a whole one.
    }
  }
}
