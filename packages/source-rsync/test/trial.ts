import { mkdtempSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { PluginContext, Problem, Source, SpawnOptions } from "@hawser/core/plugin";
import {
  operationContext,
  pluginContext,
  receiveTree,
  type SourceTrial,
  type TreeTexts,
  testDirectory,
} from "@hawser/testkit";
import plugin, { type RsyncSourceOptions } from "../src/index.ts";

/** A plugin's context that keeps what programs were started with, and may change it. */
export const watchedContext = (
  cacheDirectory: string,
  change: (argv: readonly string[]) => readonly string[] = (argv) => argv,
): PluginContext & {
  readonly argvs: (readonly string[])[];
  readonly environments: SpawnOptions["env"][];
} => {
  const context = pluginContext({ cacheDirectory });
  const argvs: (readonly string[])[] = [];
  const environments: SpawnOptions["env"][] = [];
  return {
    ...context,
    argvs,
    environments,
    spawn: (file, argv, options) => {
      argvs.push([file, ...argv]);
      environments.push(options?.env);
      return context.spawn(file, change(argv), options);
    },
  };
};

export const makeSource = async (
  options: RsyncSourceOptions,
  context: PluginContext = pluginContext(),
): Promise<Source> => await plugin.create(options, context);

export const writeFiles = async (root: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
};

/** Resolves and fetches, and gives the directory. */
export const fetchNow = async (source: Source, context = operationContext()): Promise<string> => {
  const directory = testDirectory("hawser-tree-");
  const revision = await source.resolve({}, context);
  await receiveTree(source, { revision, directory }, context);
  return directory;
};

export interface RsyncTrialSetup {
  /** The folder that a server serves; the trial makes one of its own in it. */
  readonly root: string;
  /** Brings a folder to the state with this number, and gives what a fetch must write. */
  write(folder: string, count: number): Promise<TreeTexts>;
  /** The options to fetch from a folder under the root, given by its name. */
  options(name: string): RsyncSourceOptions;
  readonly secrets?: readonly string[];
}

/** A distribution may have closed the holes of an older version: that warning says nothing about the source. */
const withoutVersionWarning = (source: Source): Source => {
  const check = source.check?.bind(source);
  source.check = async (context): Promise<readonly Problem[]> =>
    ((await check?.(context)) ?? []).filter(({ code }) => code !== "HWS_RSYNC_VERSION");
  return source;
};

export const rsyncTrial = async (setup: RsyncTrialSetup): Promise<SourceTrial> => {
  const folder = mkdtempSync(join(setup.root, "shop-"));
  let count = 1;
  let tree = await setup.write(folder, count);
  const context = watchedContext(testDirectory("hawser-cache-"));
  return {
    source: withoutVersionWarning(await makeSource(setup.options(basename(folder)), context)),
    tree: async () => tree,
    change: async () => {
      count += 1;
      tree = await setup.write(folder, count);
    },
    missingRef: "main",
    contacts: () => context.argvs.length,
    ...(setup.secrets !== undefined && { secrets: setup.secrets }),
    [Symbol.asyncDispose]: async () => {},
  };
};
