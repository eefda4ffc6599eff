import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { spawnProgram } from "@hawser/core";

export interface CommitFiles {
  /** Paths and their content; null removes one. */
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  readonly message?: string;
  /** Seconds since 1970. Default: a fixed day. */
  readonly time?: number;
}

/** A Git repository with a work tree, driven by the real program. */
export interface GitRepository {
  readonly directory: string;
  /** Runs git in it and gives what it wrote, trimmed; a failure throws with what it said. */
  git(...argv: readonly string[]): Promise<string>;
  /** Writes files, commits them and gives the commit's id. */
  commit(commit: CommitFiles): Promise<string>;
}

const identity = (time: number): Record<string, string> => ({
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Test Author",
  GIT_AUTHOR_EMAIL: "author@example.org",
  GIT_COMMITTER_NAME: "Test Author",
  GIT_COMMITTER_EMAIL: "author@example.org",
  GIT_AUTHOR_DATE: `${time} +0000`,
  GIT_COMMITTER_DATE: `${time} +0000`,
});

const firstDay = 1_700_000_000;

/** Opens a repository that exists. */
export const openRepository = (directory: string): GitRepository => {
  let clock = firstDay;
  const run = async (argv: readonly string[], time: number): Promise<string> => {
    const result = await spawnProgram("git", argv, {
      cwd: directory,
      env: identity(time),
      maxOutputBytes: 64 * 2 ** 20,
    });
    if (result.exitCode !== 0) throw new Error(`git ${argv[0]}: ${result.stderr}${result.stdout}`);
    return result.stdout.trim();
  };
  const commit = async ({ files, message = "Change files", time }: CommitFiles): Promise<string> => {
    clock += 60;
    for (const [path, content] of Object.entries(files)) {
      const file = join(directory, path);
      if (content === null) await run(["rm", "-q", "--", path], clock);
      else {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
    }
    await run(["add", "--all"], clock);
    await run(["commit", "-q", "--allow-empty", "-m", message], time ?? clock);
    return await run(["rev-parse", "HEAD"], clock);
  };
  return { directory, git: (...argv) => run(argv, clock), commit };
};

/** Makes an empty repository whose branch is `main`. */
export const createRepository = async (directory: string): Promise<GitRepository> => {
  await mkdir(directory, { recursive: true });
  const repository = openRepository(directory);
  await repository.git("init", "-q", "-b", "main");
  return repository;
};
