import { lstatSync, readdirSync, type Stats } from "node:fs";
import { lstat, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { PackedBefore } from "../artifact/known-files.ts";
import { Manifest } from "../artifact/manifest.ts";
import { statLine } from "../artifact/stat-line.ts";
import { Turn } from "../artifact/turn.ts";
import type { Revision } from "../contracts/source.ts";

/** The stat line of every path, by raw name, one character a byte. */
type TreeStats = Map<string, string>;

const lookAt = (tree: string, name: string): Stats | undefined =>
  lstatSync(Buffer.from(`${tree}/${name}`, "latin1"), { throwIfNoEntry: false });

/** Looks at every path without reading a file. */
const walkTree = async (tree: string, signal: AbortSignal): Promise<TreeStats> => {
  const found: TreeStats = new Map();
  const turn = new Turn(signal);
  const folders = [""];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const name of readdirSync(Buffer.from(`${tree}/${at}`, "latin1"), { encoding: "latin1" })) {
      await turn.yield();
      const path = at === "" ? name : `${at}/${name}`;
      const stats = lookAt(tree, path);
      if (stats === undefined) continue;
      found.set(path, statLine(stats));
      if (stats.isDirectory()) folders.push(path);
    }
  }
  return found;
};

const equal = (a: TreeStats, b: TreeStats): boolean => {
  if (a.size !== b.size) return false;
  for (const [name, line] of a) if (b.get(name) !== line) return false;
  return true;
};

/** The name and every folder above it. */
function* withParents(name: string): Generator<string> {
  for (let at = name; at !== "."; at = dirname(at)) yield at;
}

/** What is noted of a kept tree: a header, then names and stat lines by turns, each ended by a zero byte. */
interface Mark {
  /** What the tree was fetched with: the source and its options. */
  readonly key: string;
  readonly revision: Revision;
  readonly stats: TreeStats;
}

const renderMark = ({ key, revision, stats }: Mark): Buffer =>
  Buffer.from(`${[JSON.stringify({ key, revision }), ...[...stats].flat()].join("\0")}\0`, "latin1");

const parseMark = (bytes: Buffer): Mark | undefined => {
  const [header = "", ...rest] = bytes.toString("latin1").split("\0");
  if (rest.pop() !== "" || rest.length % 2 !== 0) return undefined;
  const { key, revision } = JSON.parse(header) as Partial<Mark>;
  if (key === undefined || typeof revision?.id !== "string") return undefined;
  const stats: TreeStats = new Map();
  for (let at = 0; at < rest.length; at += 2) stats.set(rest[at] as string, rest[at + 1] as string);
  return { key, revision, stats };
};

/** How often a note is made again until it is younger than all that it notes. */
const noteTries = 20;

/**
 * The tree of the last fetch, kept on the deployer so that the next one writes, and the next pack reads, only what
 * differs. It is believed only when every path still has the stat that it had when the source had written it; else it
 * is fetched anew. Whoever takes it has it alone, by a rename.
 */
export class KeptTree {
  readonly #place: string;
  readonly #scratch: string;
  readonly #key: string;
  #taken: TreeStats | undefined;

  /** Where the deployer keeps the tree of an environment. */
  static placeIn(cacheDirectory: string): string {
    return join(cacheDirectory, "kept");
  }

  /** `place` outlives runs; `scratch` is the private folder of this one, on the same file system. */
  constructor(place: string, scratch: string, key: string) {
    this.#place = place;
    this.#scratch = join(scratch, "kept");
    this.#key = key;
  }

  get tree(): string {
    return join(this.#scratch, "tree");
  }

  get #mark(): string {
    return join(this.#scratch, "mark");
  }

  get #manifest(): string {
    return join(this.#scratch, "manifest");
  }

  get #packed(): string {
    return join(this.#scratch, "packed");
  }

  /** Moves the kept tree into the scratch folder and gives its revision; undefined when there is none to believe. */
  async take(signal: AbortSignal): Promise<Revision | undefined> {
    try {
      await rename(this.#place, this.#scratch);
      const mark = parseMark(await readFile(this.#mark));
      if (mark?.key === this.#key && equal(await walkTree(this.tree, signal), mark.stats)) {
        this.#taken = mark.stats;
        return mark.revision;
      }
    } catch {
      signal.throwIfAborted();
    }
    await this.clear();
    return undefined;
  }

  /** An empty tree, of which nothing is known. */
  async clear(): Promise<void> {
    this.#taken = undefined;
    await rm(this.#scratch, { recursive: true, force: true });
    await mkdir(this.tree, { recursive: true });
  }

  /**
   * Notes what the source has just written: everything, or what it touched since the tree was taken. A file that is as
   * young as the note could change without showing it, so the note is made again until it is younger.
   */
  async mark(revision: Revision, touched: Iterable<string> | undefined, signal: AbortSignal): Promise<void> {
    let stats: TreeStats;
    for (let tries = 0; ; tries++) {
      await writeFile(this.#mark, "", { mode: 0o600 });
      const noted = (await lstat(this.#mark)).ctimeMs;
      if (touched === undefined || this.#taken === undefined) stats = await walkTree(this.tree, signal);
      else stats = this.#lookAgain(this.#taken, touched);
      if ([...stats.values()].every((line) => Number(line.split(" ")[4] ?? 0) < noted)) break;
      if (tries === noteTries) return await rm(this.#mark);
      await setTimeout(5, undefined, { signal });
    }
    await writeFile(this.#mark, renderMark({ key: this.#key, revision, stats }));
  }

  #lookAgain(taken: TreeStats, touched: Iterable<string>): TreeStats {
    const stats = new Map(taken);
    for (const path of touched)
      for (const name of withParents(Buffer.from(path).toString("latin1"))) {
        const found = lookAt(this.tree, name);
        if (found === undefined) stats.delete(name);
        else stats.set(name, statLine(found));
      }
    return stats;
  }

  /** What was packed of the tree as it was taken; undefined when it was not taken, or never packed. */
  async before(artifacts: string, current: Manifest | undefined): Promise<PackedBefore | undefined> {
    if (this.#taken === undefined) return undefined;
    try {
      const [digest = "", named] = (await readFile(this.#packed, "utf8")).split(" ");
      const manifest = current?.digest === named ? current : Manifest.parse(await readFile(this.#manifest));
      if (manifest === undefined || manifest.digest !== named) return undefined;
      return { stats: this.#taken, manifest, digest, tar: join(artifacts, `${digest}.tar`) };
    } catch {
      return undefined;
    }
  }

  /** Notes what the tree was packed to. */
  async packed(packed: { readonly digest: string; readonly manifest: Manifest }): Promise<void> {
    await rm(this.#packed, { force: true });
    await writeFile(this.#manifest, packed.manifest.bytes, { mode: 0o600 });
    await writeFile(this.#packed, `${packed.digest} ${packed.manifest.digest}`, { mode: 0o600 });
  }

  /** Keeps the tree of a scratch folder that is about to go, when it was noted. */
  static async keep(place: string, scratch: string): Promise<void> {
    try {
      const kept = join(scratch, "kept");
      await lstat(join(kept, "mark"));
      await rm(place, { recursive: true, force: true });
      await rename(kept, place);
    } catch {
      // Nothing to keep, or another run beside this one keeps its own: the next fetch is a whole one.
    }
  }
}
