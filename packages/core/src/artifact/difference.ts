import type { FileChange } from "../contracts/events.ts";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { Manifest } from "./manifest.ts";
import { type ManifestEntry, parseEntry, renderEntry } from "./manifest-entry.ts";
import { displayName, parentOf, sortKey } from "./name.ts";

/** What makes one manifest into another. */
export interface Difference {
  /** Entries of the target that the base lacks or has otherwise: by mode, size, mtime or digest. */
  readonly send: readonly ManifestEntry[];
  /** Entries of the base whose name the target lacks. */
  readonly removed: readonly ManifestEntry[];
  /** For people, by content and mode: a new mtime is no change, and a directory counts only where it is empty. */
  readonly changes: readonly FileChange[];
}

/** Compares two manifests; every list is in the order of names. */
export const difference = (base: Manifest, target: Manifest): Difference => {
  const send = target.entries.filter((entry) => !same(base.get(entry.name), entry));
  const removed = base.entries.filter((entry) => target.get(entry.name) === undefined);
  const leaves = [leavesOf(base), leavesOf(target)] as const;
  const changes = [
    ...send.filter((entry) => leaves[1](entry)).flatMap((entry) => change(base.get(entry.name), entry)),
    ...removed.filter((entry) => leaves[0](entry)).map((entry) => toChange("removed", entry)),
  ];
  return { send, removed, changes: ordered(changes).map(({ change }) => change) };
};

const same = (a: ManifestEntry | undefined, b: ManifestEntry): boolean =>
  a !== undefined &&
  a.sha256 === b.sha256 &&
  a.mtime === b.mtime &&
  a.mode === b.mode &&
  a.sizeBytes === b.sizeBytes &&
  a.name === b.name;

/** A copy costs an instance a few processes; beyond this many it is cheaper to be sent them. */
const maxLent = 200;

/**
 * The names of the entries whose content neither the base has nor, for files, the lender under the same name. Mode and
 * time need no content: the instance sets them by the manifest.
 */
export const toSend = (target: Manifest, base: Manifest, lender?: Manifest): string[] => {
  const lacking = target.entries.filter((entry) => entry.mode !== "dir" && !hasContent(base, entry));
  const lent = lacking.filter(
    (entry) => entry.mode !== "link" && lender !== undefined && hasContent(lender, entry),
  );
  const copied = new Set(lent.slice(0, maxLent));
  return lacking.filter((entry) => !copied.has(entry)).map(({ name }) => name);
};

const hasContent = (manifest: Manifest, { name, mode, sha256, sizeBytes }: ManifestEntry): boolean => {
  const other = manifest.get(name);
  return (
    other !== undefined &&
    other.sha256 === sha256 &&
    other.sizeBytes === sizeBytes &&
    (other.mode === "link") === (mode === "link")
  );
};

/** Everything but directories that hold something: those speak through what they hold. */
const leavesOf = (manifest: Manifest): ((entry: ManifestEntry) => boolean) => {
  const parents = new Set(manifest.entries.map((entry) => parentOf(entry.name)));
  return (entry) => entry.mode !== "dir" || !parents.has(entry.name);
};

interface NamedChange {
  readonly key: string;
  readonly change: FileChange;
}

const toChange = (kind: FileChange["change"], entry: ManifestEntry): NamedChange => ({
  key: sortKey(entry.name),
  change: { path: displayName(entry.name), change: kind, sizeBytes: entry.sizeBytes },
});

const change = (before: ManifestEntry | undefined, after: ManifestEntry): readonly NamedChange[] => {
  if (before === undefined) return [toChange("added", after)];
  if (before.sha256 !== after.sha256) return [toChange("changed", after)];
  return before.mode === after.mode ? [] : [toChange("mode", after)];
};

const ordered = (changes: NamedChange[]): readonly NamedChange[] =>
  changes.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

/** The text that makes the base's manifest into the target's: `- <name>` and `+ <entry>`, in the order of names. */
export const manifestDelta = (base: Manifest, target: Manifest): Buffer => {
  const { send, removed } = difference(base, target);
  const lines = [
    ...send.map((entry) => ({ key: sortKey(entry.name), text: `+ ${renderEntry(entry)}\n` })),
    ...removed.map((entry) => ({ key: sortKey(entry.name), text: `- ${entry.name}\n` })),
  ];
  lines.sort((a, b) => (a.key < b.key ? -1 : 1));
  return Buffer.from(lines.map(({ text }) => text).join(""), "latin1");
};

/**
 * The manifest that a delta makes of its base. A delta that drops what the base lacks, adds what it has, or is out
 * of order is `HWS_ARTIFACT_DELTA_INVALID`; a result that is no sound manifest is `HWS_ARTIFACT_MANIFEST_INVALID`.
 */
export const applyManifestDelta = (base: Manifest, delta: Uint8Array): Manifest => {
  const lines = Buffer.from(delta).toString("latin1").split("\n");
  if (lines.pop() !== "") throw invalid(lines.length + 1, "has no newline at its end");
  const byName = new Map(base.entries.map((entry) => [entry.name, entry]));
  let last = "";
  for (const [index, line] of lines.entries()) {
    const key = applyLine(byName, line, index + 1);
    if (key <= last) throw invalid(index + 1, "is not in the order of names");
    last = key;
  }
  return Manifest.from(byName.values());
};

const invalid = (line: number, why: string) => artifactErrors.HWS_ARTIFACT_DELTA_INVALID([line, why]);

const applyLine = (byName: Map<string, ManifestEntry>, line: string, number: number): string => {
  const rest = line.slice(2);
  if (line.startsWith("- ")) {
    if (!byName.delete(rest)) throw invalid(number, "drops what the base does not have");
    return sortKey(rest);
  }
  if (!line.startsWith("+ ")) throw invalid(number, "begins with neither + nor -");
  const entry = parseEntry(rest);
  if (typeof entry === "string") throw invalid(number, entry);
  if (same(byName.get(entry.name), entry)) throw invalid(number, "adds what the base has already");
  byName.set(entry.name, entry);
  return keyOf(entry.name, number);
};

const keyOf = (name: string, number: number): string => {
  try {
    return sortKey(name);
  } catch {
    throw invalid(number, "has a name that is not percent-encoded");
  }
};
