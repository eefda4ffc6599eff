import { rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PluginContext, Problem, Source, SpawnOptions } from "@hawser/core/plugin";
import {
  operationContext,
  pluginContext,
  receiveTree,
  type SourceTrial,
  type TreeTexts,
  temporaryDirectory,
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

export interface RsyncTrialServer extends AsyncDisposable {
  readonly options: RsyncSourceOptions;
  readonly secrets?: readonly string[];
}

export interface RsyncTrialSetup {
  /** Brings the served folder to the state with this number, and gives what a fetch must write. */
  write(root: string, count: number): Promise<TreeTexts>;
  serve(root: string): Promise<RsyncTrialServer>;
}

/** A distribution may have closed the holes of an older version: that warning says nothing about the source. */
const withoutVersionWarning = (source: Source): Source => {
  const check = source.check?.bind(source);
  source.check = async (context): Promise<readonly Problem[]> =>
    ((await check?.(context)) ?? []).filter(({ code }) => code !== "HWS_RSYNC_VERSION");
  return source;
};

export const rsyncTrial = async ({ write, serve }: RsyncTrialSetup): Promise<SourceTrial> => {
  const root = temporaryDirectory("hawser-rsync-trial-");
  const served = join(root, "shop");
  await mkdir(served);
  let count = 1;
  let tree = await write(served, count);
  const server = await serve(root);
  const context = watchedContext(join(root, "cache"));
  return {
    source: withoutVersionWarning(await makeSource(server.options, context)),
    tree: async () => tree,
    change: async () => {
      count += 1;
      tree = await write(served, count);
    },
    missingRef: "main",
    contacts: () => context.argvs.length,
    ...(server.secrets !== undefined && { secrets: server.secrets }),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    },
  };
};
