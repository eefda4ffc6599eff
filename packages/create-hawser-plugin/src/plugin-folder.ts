import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errors } from "./errors.ts";
import type { Files } from "./template.ts";

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Why nothing can be made at a place; undefined when it can. */
export const folderProblem = (folder: string): string | undefined => {
  try {
    const stat = lstatSync(folder);
    if (!stat.isDirectory()) return "it is there and no folder";
    return readdirSync(folder).length === 0 ? undefined : "it is not empty";
  } catch (error) {
    return codeOf(error) === "ENOENT" ? undefined : `it cannot be looked at (${codeOf(error)})`;
  }
};

const write = (part: string, files: Files): void => {
  for (const [path, text] of files) {
    const file = join(part, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  }
};

/** Brings what was written to its place. An empty folder stays the folder it is: somebody may stand in it. */
const place = (part: string, folder: string): void => {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
    renameSync(part, folder);
    return;
  }
  const moved: string[] = [];
  try {
    for (const name of readdirSync(part)) {
      renameSync(join(part, name), join(folder, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) rmSync(join(folder, name), { recursive: true, force: true });
    throw error;
  }
};

/**
 * Makes the folder with these files, whole or not at all: they are written beside it, then renamed. Nothing that is there
 * is ever replaced.
 */
export const makeFolder = (folder: string, files: Files): void => {
  const problem = folderProblem(folder);
  if (problem !== undefined) throw errors.HWS_SCAFFOLD_FOLDER([folder, problem]);
  const above = dirname(folder);
  const part = join(above, `.${basename(folder)}.part-${randomBytes(4).toString("hex")}`);
  let firstMade: string | undefined;
  try {
    firstMade = mkdirSync(above, { recursive: true });
    mkdirSync(part);
    write(part, files);
    place(part, folder);
  } catch (error) {
    rmSync(firstMade ?? part, { recursive: true, force: true });
    throw errors.HWS_SCAFFOLD_WRITE([folder, codeOf(error)], error);
  }
  // Of an empty folder the part is left, empty by now.
  rmSync(part, { recursive: true, force: true });
};
