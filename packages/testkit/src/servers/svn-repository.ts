import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { spawnProgram } from "@hawser/core";
import { mustRun } from "./command.ts";

export interface SvnCommit {
  /** Paths from the root of the repository and the content of files; null removes a path. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
  /** Folders that are made. */
  readonly folders?: readonly string[];
  /** Copies that are made at first: from, to. */
  readonly copies?: readonly (readonly [string, string])[];
  /** Symbolic links and their targets. */
  readonly links?: Readonly<Record<string, string>>;
  /** Properties that are set, by path. */
  readonly properties?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly message?: string;
}

/** A Subversion repository, driven by the real programs and without a working copy. */
export interface SvnRepository {
  readonly directory: string;
  /** Its URL for programs of this machine. */
  readonly url: string;
  /** Commits and gives the number of the revision. */
  commit(commit: SvnCommit): Promise<number>;
  /** Loads a dump as svnadmin writes it: many revisions in a moment. */
  load(dump: string): Promise<void>;
  /** Runs svn and gives what it wrote. */
  svn(...argv: readonly string[]): Promise<string>;
}

/** The words of svnmucc for one commit. */
class CommitScript {
  readonly words: string[] = [];
  readonly #root: string;
  readonly #folder: string;
  readonly #known: Set<string>;
  #files = 0;

  /** `known` are the folders that are there. */
  constructor(root: string, folder: string, known: Set<string>) {
    this.#root = root;
    this.#folder = folder;
    this.#known = known;
  }

  makeFolder(path: string): void {
    if (path === "." || this.#known.has(path)) return;
    this.makeFolder(dirname(path));
    this.#known.add(path);
    this.words.push("mkdir", this.url(path));
  }

  async put(path: string, content: string | Uint8Array): Promise<void> {
    this.makeFolder(dirname(path));
    this.words.push("put", await this.#file(content), this.url(path));
  }

  async set(path: string, name: string, value: string): Promise<void> {
    this.words.push("propsetf", name, await this.#file(value), this.url(path));
  }

  async #file(content: string | Uint8Array): Promise<string> {
    this.#files += 1;
    const file = join(this.#folder, String(this.#files));
    await writeFile(file, content);
    return file;
  }

  /** As a whole URL, a path is never an option. */
  url(path: string): string {
    return `${this.#root}/${path.split("/").map(encodeURIComponent).join("/")}`;
  }
}

const wordsOf = async (script: CommitScript, commit: SvnCommit, known: Set<string>): Promise<void> => {
  for (const [from, to] of commit.copies ?? []) {
    script.makeFolder(dirname(to));
    script.words.push("cp", "HEAD", script.url(from), script.url(to));
    for (const path of [...known])
      if (path === from || path.startsWith(`${from}/`)) known.add(to + path.slice(from.length));
  }
  for (const folder of commit.folders ?? []) script.makeFolder(folder);
  for (const [path, content] of Object.entries(commit.files ?? {})) {
    if (content !== null) await script.put(path, content);
    else {
      script.words.push("rm", script.url(path));
      for (const one of [...known]) if (one === path || one.startsWith(`${path}/`)) known.delete(one);
    }
  }
  for (const [path, target] of Object.entries(commit.links ?? {})) {
    await script.put(path, `link ${target}`);
    await script.set(path, "svn:special", "*");
  }
  for (const [path, properties] of Object.entries(commit.properties ?? {}))
    for (const [name, value] of Object.entries(properties)) await script.set(path, name, value);
};

/** Makes an empty repository. Whoever made the folder removes it. */
export const createSvnRepository = async (directory: string): Promise<SvnRepository> => {
  await mustRun("svnadmin", ["create", directory]);
  const url = pathToFileURL(directory).href;
  const known = new Set<string>();
  const commit = async (changes: SvnCommit): Promise<number> => {
    const folder = await mkdtemp(join(tmpdir(), "hawser-svn-commit-"));
    try {
      const script = new CommitScript(url, folder, known);
      await wordsOf(script, changes, known);
      const file = join(folder, "words");
      await writeFile(file, script.words.join("\n"));
      const common = ["--config-dir", join(folder, "configuration"), "--non-interactive"];
      const message = ["-m", changes.message ?? "Change files"];
      const said = await mustRun("svnmucc", [...common, ...message, "--extra-args", file]);
      return Number(/^r(\d+) /m.exec(said)?.[1]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    directory,
    url,
    commit,
    load: async (dump) => {
      const result = await spawnProgram("svnadmin", ["load", "--quiet", "--no-flush-to-disk", directory], {
        input: dump,
      });
      if (result.exitCode !== 0) throw new Error(`svnadmin load: ${result.stderr}`);
    },
    svn: (...argv) => mustRun("svn", ["--non-interactive", ...argv]),
  };
};
