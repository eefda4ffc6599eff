import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";

/** Who holds no lock (`plan --build`) may be at work with what is younger. */
const inUseMs = 60 * 60_000;

/** The artifact that a file of the cache belongs to: its tar, a stored form, or a part of one that was left behind. */
const artifactOf = (file: string): string | undefined => /^(sha256-[0-9a-f]{64})\.tar/.exec(file)?.[1];

/** What the deployer keeps of artifacts that it made or fetched: any of it may be made or fetched again. */
export class ArtifactCache {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Files of other artifacts than those of the newest releases, and of `also`, that nobody is at work with. */
  async superfluous(desk: Desk, also: readonly string[], context: OperationContext): Promise<string[]> {
    const files = await readdir(this.#directory).catch((): string[] => []);
    const artifacts = new Set(files.map(artifactOf).filter((artifact) => artifact !== undefined));
    const keep = desk.config.keep.instances;
    // Storage is asked only when there is something to gain.
    if (artifacts.size <= keep) return [];
    const needed = await desk.stores.releases.artifactsOf({ newest: keep, also }, context);
    const old: string[] = [];
    for (const file of files) {
      const artifact = artifactOf(file);
      if (artifact === undefined || needed.has(artifact)) continue;
      const path = join(this.#directory, file);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > inUseMs) old.push(path);
    }
    return old;
  }

  /** Gives how many files went. What cannot be removed stays for the next time. */
  async sweep(desk: Desk, also: readonly string[], context: OperationContext): Promise<number> {
    const removed = await Promise.all(
      (await this.superfluous(desk, also, context)).map((path) =>
        rm(path, { force: true }).then(
          () => 1,
          () => 0,
        ),
      ),
    );
    return removed.reduce<number>((sum, one) => sum + one, 0);
  }
}
