import { chmodSync, lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What may be lost of a tree on its way. An archive loses nothing, whatever carries it. */
export type Loss = "links" | "executable" | "emptyDirectories";

/** What each protocol loses of a tree between where it was made and the deployer; docs/reference/sources.md has the same. */
export const losses = {
  directory: [],
  git: ["emptyDirectories"],
  svn: [],
  ftp: ["links", "executable"],
  sftp: [],
  rsync: [],
  jenkins: ["links", "executable", "emptyDirectories"],
  s3: ["links", "executable", "emptyDirectories"],
} as const satisfies Readonly<Record<string, readonly Loss[]>>;

export type TreeProtocol = keyof typeof losses;

const walk = (
  directory: string,
  visit: (path: string, kind: "file" | "directory" | "link") => void,
): void => {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) walk(path, visit);
    visit(path, stat.isDirectory() ? "directory" : stat.isSymbolicLink() ? "link" : "file");
  }
};

const lose: Readonly<Record<Loss, (directory: string) => void>> = {
  links: (directory) => walk(directory, (path, kind) => kind === "link" && rmSync(path)),
  executable: (directory) => walk(directory, (path, kind) => kind === "file" && chmodSync(path, 0o644)),
  // What is in a directory is visited before it.
  emptyDirectories: (directory) =>
    walk(
      directory,
      (path, kind) => kind === "directory" && readdirSync(path).length === 0 && rmdirSync(path),
    ),
};

/** Makes of a tree what is left of it. A directory of nothing but links is empty without them: so they go first. */
export const applyLosses = (directory: string, lost: readonly Loss[]): void => {
  for (const loss of ["links", "executable", "emptyDirectories"] as const)
    if (lost.includes(loss)) lose[loss](directory);
};
