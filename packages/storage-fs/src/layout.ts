import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { errors, systemCode } from "./errors.ts";

/** Where things lie: objects as plain files below the directory, everything of the storage's own below `.hawser`. */
export class Layout {
  readonly directory: string;
  /** Bodies on their way in. */
  readonly parts: string;
  /** Claims that were prepared and not yet taken. */
  readonly claims: string;
  /** One directory for each key that has a writer now. */
  readonly locks: string;
  /** What is being deleted. */
  readonly trash: string;

  constructor(directory: string) {
    this.directory = directory;
    this.parts = join(directory, ".hawser", "parts");
    this.claims = join(directory, ".hawser", "claims");
    this.locks = join(directory, ".hawser", "locks");
    this.trash = join(directory, ".hawser", "trash");
  }

  /** The file of a key that passed the grammar. */
  file(key: string): string {
    return join(this.directory, key);
  }

  /** A name that nothing else has. */
  fresh(): string {
    return randomUUID();
  }

  /**
   * Makes the directory (never its parents: a missing parent is a disk that is not mounted) and the storage's own
   * folders in it.
   */
  async make(): Promise<void> {
    try {
      await mkdir(this.directory);
    } catch (error) {
      if (systemCode(error) === "ENOENT") throw errors.HWS_STORAGE_MISSING([this.directory]);
      if (systemCode(error) !== "EEXIST") throw error;
    }
    for (const own of [this.parts, this.claims, this.locks, this.trash])
      await mkdir(own, { recursive: true });
  }
}
