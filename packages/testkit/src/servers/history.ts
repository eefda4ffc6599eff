import { createHash } from "node:crypto";
import { spawnProgram } from "@hawser/core";
import { createRepository, type GitRepository } from "./git-repository.ts";

export interface HistoryOptions {
  /** How many commits on `main`; each has a tag `v1`, `v2`, ... */
  readonly versions: number;
  /** How many files every version has. */
  readonly files: number;
  /** How many files each version changes. Default 5. */
  readonly changed?: number;
  /** Default 1500. */
  readonly bytesPerFile?: number;
  /** Files that stand at the same place in every version, besides the others. */
  readonly constant?: Readonly<Record<string, string>>;
}

const firstDay = 1_700_000_000;

/** The path of the file with this number: some twenty to a folder, three levels deep. */
const pathOf = (number: number): string => {
  const folder = Math.floor(number / 20);
  return `src/module-${Math.floor(folder / 10)}/part-${folder % 10}/file-${number}.txt`;
};

/** Text that is the same for the same file and version everywhere, and compresses like source code does not quite. */
const textOf = (number: number, version: number, bytes: number): string => {
  let text = `file ${number} of version ${version}\n`;
  for (let line = 0; text.length < bytes; line++) {
    text += `${createHash("sha256").update(`${number}/${version}/${line}`).digest("hex")}\n`;
  }
  return `${text.slice(0, Math.max(bytes - 1, 0))}\n`;
};

const modification = (path: string, text: string, executable: boolean): string =>
  `M ${executable ? "100755" : "100644"} inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;

/** One commit in the format of git-fast-import(1). */
const commitOf = (version: number, options: HistoryOptions): string => {
  const { files, changed = 5, bytesPerFile = 1500, constant = {} } = options;
  const numbers =
    version === 1
      ? Array.from({ length: files }, (_, number) => number)
      : Array.from({ length: changed }, (_, index) => ((version - 2) * changed + index * 37) % files);
  const message = `Version ${version}`;
  const person = `Test Author <author@example.org> ${firstDay + version * 86_400} +0000`;
  return [
    `commit refs/heads/main\nmark :${version}\nauthor ${person}\ncommitter ${person}\n`,
    `data ${message.length}\n${message}\n`,
    version === 1 ? "" : `from :${version - 1}\n`,
    ...(version === 1 ? Object.entries(constant).map(([path, text]) => modification(path, text, false)) : []),
    ...numbers.map((number) =>
      modification(pathOf(number), textOf(number, version, bytesPerFile), number % 50 === 0),
    ),
    `reset refs/tags/v${version}\nfrom :${version}\n\n`,
  ].join("");
};

/** Makes a repository with a long history: the same commit ids every time it is made with the same options. */
export const makeHistory = async (directory: string, options: HistoryOptions): Promise<GitRepository> => {
  const repository = await createRepository(directory);
  const commits = Array.from({ length: options.versions }, (_, index) => commitOf(index + 1, options));
  const result = await spawnProgram("git", ["fast-import", "--quiet"], {
    cwd: directory,
    input: commits.join(""),
  });
  if (result.exitCode !== 0) throw new Error(`git fast-import: ${result.stderr}`);
  await repository.git("reset", "-q", "--hard", "main");
  return repository;
};
