import { execFile } from "node:child_process";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createRepository, type GitRepository } from "./git-repository.ts";

export interface NpmHistoryOptions {
  /** A package of the npm registry. */
  readonly name: string;
  /** Published versions, oldest first; each becomes a commit and a tag `v<version>`. */
  readonly versions: readonly string[];
  /** Where tarballs are kept between calls. */
  readonly cacheDirectory: string;
}

const run = promisify(execFile);

/** Downloads one version's tarball through npm itself, unless it is already there. */
const tarballOf = async ({ name, cacheDirectory }: NpmHistoryOptions, version: string): Promise<string> => {
  if (!/^(@[a-z0-9._-]+\/)?[a-z0-9._-]+$/.test(name) || !/^\d[0-9A-Za-z.+-]*$/.test(version)) {
    throw new Error(`${name}@${version} names no published version`);
  }
  const file = join(cacheDirectory, `${name.replaceAll(/[@/]/g, "_")}-${version}.tgz`);
  if ((await stat(file).catch(() => undefined)) !== undefined) return file;
  const folder = `${file}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  await run("npm", ["pack", "--silent", "--pack-destination", folder, "--", `${name}@${version}`]);
  const [packed = ""] = await readdir(folder);
  await rename(join(folder, packed), file);
  await rm(folder, { recursive: true });
  return file;
};

const replaceTree = async (repository: GitRepository, tarball: string): Promise<void> => {
  for (const entry of await readdir(repository.directory)) {
    if (entry !== ".git") await rm(join(repository.directory, entry), { recursive: true });
  }
  // A package's files stand in one folder, most often `package`.
  await run("tar", ["-xzf", tarball, "--strip-components=1", "--no-same-owner", "-C", repository.directory]);
};

/** Makes a repository from what was really published: one commit and one tag for each version. */
export const makeNpmHistory = async (
  directory: string,
  options: NpmHistoryOptions,
): Promise<GitRepository> => {
  await mkdir(options.cacheDirectory, { recursive: true });
  const repository = await createRepository(directory);
  // A package may carry a .gitignore or attributes that were meant for its own repository.
  await repository.git("config", "core.autocrlf", "false");
  await repository.git("config", "core.excludesFile", "/dev/null");
  for (const version of options.versions) {
    await replaceTree(repository, await tarballOf(options, version));
    await repository.git("add", "--all", "--force");
    await repository.commit({ files: {}, message: `${options.name} ${version}` });
    await repository.git("tag", `v${version}`);
  }
  return repository;
};
