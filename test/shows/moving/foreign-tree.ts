import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { releaseFiles } from "../config.ts";

export type Tool = "capistrano" | "deployer" | "ansistrano";

/** What lies in the shared paths of each guide's application: a file of its own, and files of shared folders. */
export const sharedFiles: Readonly<Record<Tool, Readonly<Record<string, string>>>> = {
  capistrano: {
    "config/master.key": "key\n",
    "log/production.log": "a line\n",
    "storage/logo.svg": "<svg/>\n",
  },
  deployer: { ".env.local": "A=1\n", "var/log/app.log": "a line\n", "public/media/logo.svg": "<svg/>\n" },
  ansistrano: { ".env": "A=1\n", "var/log/app.log": "a line\n", "public/media/logo.svg": "<svg/>\n" },
};

/** A file of its own is shared by itself, others by their folder. */
const sharedPaths = (tool: Tool): readonly string[] =>
  Object.keys(sharedFiles[tool]).map((path, at) => (at === 0 ? path : dirname(path)));

interface Layout {
  /** Names of releases, oldest first. */
  readonly releases: readonly [string, string];
  /** What `current` names, as the tool writes it. */
  current(root: string, release: string): string;
  /** What a shared path of a release names. */
  shared(root: string, path: string): string;
  /** What else the tool keeps in the root. */
  readonly files: Readonly<Record<string, string>>;
}

const upwards = (path: string): string => `${"../".repeat(path.split("/").length + 1)}shared/${path}`;

/** As Capistrano 3.17, Deployer 7.5.12 and Ansistrano 4.4.0 left them, each after two deploys. */
const layouts: Readonly<Record<Tool, Layout>> = {
  capistrano: {
    releases: ["20251126091500", "20251127101500"],
    current: (root, release) => `${root}/releases/${release}`,
    shared: (root, path) => `${root}/shared/${path}`,
    files: { "revisions.log": "Branch main (at 1c0ffee) deployed as release 20251127101500 by anna\n" },
  },
  deployer: {
    releases: ["1", "2"],
    current: (_, release) => `releases/${release}`,
    shared: (_, path) => upwards(path),
    files: {
      ".dep/latest_release": "2\n",
      ".dep/releases_log": '{"release_name":"1"}\n{"release_name":"2"}\n',
    },
  },
  ansistrano: {
    releases: ["20251126091500Z", "20251127101500Z"],
    current: (_, release) => `./releases/${release}`,
    shared: (_, path) => upwards(path),
    files: {},
  },
};

const write = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

/**
 * Lays out what a tool leaves on a server: `folder` is the deploy root as this process sees it, `root` as the server does.
 * Gives what `current` names, and the release before it.
 */
export const layForeignTree = async (
  tool: Tool,
  place: { readonly folder: string; readonly root: string },
  revision: string,
): Promise<{ readonly current: string; readonly before: string }> => {
  const { releases, current, shared, files } = layouts[tool];
  const { folder, root } = place;
  for (const [path, text] of Object.entries(files)) await write(join(folder, path), text);
  for (const [path, text] of Object.entries(sharedFiles[tool]))
    await write(join(folder, "shared", path), text);
  for (const release of releases) {
    const at = join(folder, "releases", release);
    for (const path of [...releaseFiles, "REVISION"]) await write(join(at, path), `${revision}\n`);
    for (const path of sharedPaths(tool)) {
      await mkdir(dirname(join(at, path)), { recursive: true });
      await symlink(shared(root, path), join(at, path));
    }
  }
  const [before, newest] = releases.map((release) => current(root, release)) as [string, string];
  await symlink(newest, join(folder, "current"));
  return { current: newest, before };
};
