import { randomBytes } from "node:crypto";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FetchingSource, PluginContext } from "@hawser/core/plugin";
import {
  createSvnRepository,
  operationContext,
  pluginContext,
  type SourceTrial,
  type TreeTexts,
  temporaryDirectory,
  testDirectory,
} from "@hawser/testkit";
import plugin, { type SvnSourceOptions } from "../src/index.ts";

/** A plugin's context that keeps what the programs started through it were given. */
export const countingContext = (
  cacheDirectory?: string,
): PluginContext & { readonly argvs: (readonly string[])[] } => {
  const context = pluginContext(cacheDirectory === undefined ? {} : { cacheDirectory });
  const argvs: (readonly string[])[] = [];
  return {
    ...context,
    argvs,
    spawn: (file, argv, options) => {
      argvs.push([file, ...argv]);
      return context.spawn(file, argv, options);
    },
  };
};

export const makeSource = async (
  options: SvnSourceOptions,
  context: PluginContext = pluginContext(),
): Promise<FetchingSource> => (await plugin.create(options, context)) as FetchingSource;

/** The tree of a ref, in a folder of the test's own. */
export const fetched = async (
  source: FetchingSource,
  ref?: string,
  context = operationContext(),
): Promise<string> => {
  const directory = testDirectory("hawser-svn-tree-");
  const revision = await source.resolve(ref === undefined ? {} : { ref }, context);
  await source.fetch({ revision, directory }, context);
  return directory;
};

/** A folder for repositories that a server with a user of its own may read. */
export const repositoryRoot = (): string => {
  const root = temporaryDirectory("hawser-svn-root-");
  chmodSync(root, 0o755);
  return root;
};

/** Two versions of a small site, and a third and so on with each change. */
const version = (count: number): TreeTexts => ({
  "index.html": `version ${count}\n`,
  "src/app/main.php": "<?php\n",
  [`only-in/${count}.txt`]: `${count}\n`,
});

export interface ServedRepositories {
  /** The folder whose repositories are served. */
  readonly root: string;
  /** How one of them is reached. */
  options(name: string): SvnSourceOptions;
  readonly secrets?: readonly string[];
}

/** A trial on the trunk of a repository of its own. */
export const svnTrial = async ({ root, options, secrets }: ServedRepositories): Promise<SourceTrial> => {
  const name = `shop-${randomBytes(4).toString("hex")}`;
  const repository = await createSvnRepository(join(root, name));
  const cacheDirectory = temporaryDirectory("hawser-svn-cache-");
  let count = 0;
  const change = async () => {
    count += 1;
    const removed = count > 1 ? { [`only-in/${count - 1}.txt`]: null } : {};
    const files = Object.entries({ ...version(count), ...removed });
    await repository.commit({
      files: Object.fromEntries(files.map(([path, content]) => [`trunk/${path}`, content])),
      message: `Version ${count}`,
    });
  };
  await change();
  const context = countingContext(cacheDirectory);
  return {
    source: await makeSource(options(name), context),
    tree: async () => version(count),
    change,
    missingRef: "tags/none",
    hostileRefs: ["main", "branches", "trunk/", "trunk@{0}", "trunk@x", "a//b@1", "trunk/..@1", "-5", "1:2"],
    contacts: () => context.argvs.length,
    ...(secrets !== undefined && { secrets }),
    [Symbol.asyncDispose]: async () => {
      for (const folder of [cacheDirectory, repository.directory])
        rmSync(folder, { recursive: true, force: true });
    },
  };
};
