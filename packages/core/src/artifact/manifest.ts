import { createHash } from "node:crypto";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { entryKey, type ManifestEntry, parseEntry, renderEntry } from "./manifest-entry.ts";
import { parentOf, sortKey } from "./name.ts";

export type { ManifestEntry } from "./manifest-entry.ts";

/**
 * Every path of an artifact: line text, as docs/reference/host-protocol.md has it. A manifest that exists is sound:
 * sorted, without duplicates, every parent present as a directory, every name inside the tree.
 */
export class Manifest {
  /** Sorted by the bytes of the raw name. */
  readonly entries: readonly ManifestEntry[];
  /** The text. */
  readonly bytes: Buffer;
  /** `sha256-<64 hex>` of the text. */
  readonly digest: string;
  /** The bytes of all files; links and directories count nothing. */
  readonly filesBytes: number;
  readonly #byName: ReadonlyMap<string, ManifestEntry>;

  private constructor(byName: ReadonlyMap<string, ManifestEntry>, bytes: Buffer) {
    this.entries = [...byName.values()];
    this.bytes = bytes;
    this.digest = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    this.filesBytes = this.entries.reduce(
      (sum, { mode, sizeBytes }) => sum + (mode === "link" ? 0 : sizeBytes),
      0,
    );
    this.#byName = byName;
  }

  /**
   * Reads a manifest from outside. Anything but the one text that renders its entries is
   * `HWS_ARTIFACT_MANIFEST_INVALID` with the line.
   */
  static parse(bytes: Uint8Array): Manifest {
    const text = Buffer.from(bytes).toString("latin1");
    const lines = text.split("\n");
    if (lines.pop() !== "") throw invalid(lines.length + 1, "has no newline at its end");
    const entries = lines.map((line, index) => {
      const entry = parseEntry(line);
      if (typeof entry === "string") throw invalid(index + 1, entry);
      return entry;
    });
    return new Manifest(indexed(entries), Buffer.from(bytes));
  }

  /** The manifest of these entries, given in any order. */
  static from(entries: Iterable<ManifestEntry>): Manifest {
    const keyed = Array.from(entries, (entry) => ({ key: sortKey(entry.name), entry }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    const sorted = keyed.map(({ entry }) => entry);
    const lines = sorted.map(renderEntry);
    for (const [index, line] of lines.entries()) {
      const problem = parseEntry(line);
      if (typeof problem === "string") throw invalid(index + 1, problem);
    }
    const text = lines.map((line) => `${line}\n`).join("");
    return new Manifest(indexed(sorted), Buffer.from(text, "latin1"));
  }

  /** The entry of a percent-encoded name. */
  get(name: string): ManifestEntry | undefined {
    return this.#byName.get(name);
  }
}

const invalid = (line: number, why: string) => artifactErrors.HWS_ARTIFACT_MANIFEST_INVALID([line, why]);

/** Entries by name, after the rules that concern several of them. */
const indexed = (entries: readonly ManifestEntry[]): ReadonlyMap<string, ManifestEntry> => {
  const byName = new Map<string, ManifestEntry>();
  let last = "";
  for (const [index, entry] of entries.entries()) {
    const found = entryKey(entry.name);
    if (typeof found === "string") throw invalid(index + 1, found);
    if (found.key === last) throw invalid(index + 1, `repeats ${entry.name}`);
    if (found.key < last) throw invalid(index + 1, "is not in the order of names");
    last = found.key;
    const parent = parentOf(entry.name);
    if (parent !== "" && byName.get(parent)?.mode !== "dir") {
      throw invalid(index + 1, `has no directory ${parent} before it`);
    }
    byName.set(entry.name, entry);
  }
  return byName;
};
