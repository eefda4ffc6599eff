import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Every path below a folder with what it is: mode and content, without times. */
export type Snapshot = Readonly<Record<string, string>>;

const describeEntry = (path: string): string => {
  const facts = lstatSync(path);
  if (facts.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  const mode = `${facts.uid} ${facts.mode.toString(8)}`;
  if (facts.isDirectory()) return mode;
  return `${mode} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
};

export const snapshot = (folder: string): Snapshot =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => [name, describeEntry(join(folder, name))]),
  );

/** Paths that came, went or changed. */
export const changes = (before: Snapshot, after: Snapshot): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => before[name] !== after[name],
  );
