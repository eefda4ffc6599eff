import { rmSync } from "node:fs";
import { join } from "node:path";
import type { PluginContext, Source } from "@hawser/core/plugin";
import {
  createRepository,
  type GitRepository,
  pluginContext,
  type SourceTrial,
  type TreeTexts,
  temporaryDirectory,
} from "@hawser/testkit";
import plugin, { type GitSourceOptions } from "../src/index.ts";

/** A plugin's context that counts the programs started through it and keeps what they were given. */
export const countingContext = (
  cacheDirectory: string,
): PluginContext & { readonly argvs: (readonly string[])[] } => {
  const context = pluginContext({ cacheDirectory });
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
  options: GitSourceOptions,
  context: PluginContext = pluginContext(),
): Promise<Source> => await plugin.create(options, context);

/** Two versions of a small site, and a third and so on with each change. */
const version = (count: number): TreeTexts => ({
  "index.html": `version ${count}\n`,
  "src/app/main.php": "<?php\n",
  [`only-in/${count}.txt`]: `${count}\n`,
});

export interface GitTrialServer extends AsyncDisposable {
  readonly options: GitSourceOptions;
  readonly secrets?: readonly string[];
}

/** A trial on one repository, served in some way. */
export const gitTrial = async (
  serve: (root: string, repository: GitRepository) => Promise<GitTrialServer>,
): Promise<SourceTrial> => {
  const root = temporaryDirectory("hawser-git-trial-");
  const repository = await createRepository(join(root, "shop"));
  let count = 0;
  const change = async () => {
    count += 1;
    const removed = count > 1 ? { [`only-in/${count - 1}.txt`]: null } : {};
    await repository.commit({ files: { ...version(count), ...removed }, message: `Version ${count}` });
  };
  await change();
  const served = await serve(root, repository);
  const context = countingContext(join(root, "cache"));
  return {
    source: await makeSource(served.options, context),
    tree: async () => version(count),
    change,
    missingRef: "no-such-branch",
    hostileRefs: ["main.lock", "main@{0}", "a//b", "HEAD~1", "main:src", "^main", "refs/heads/*"],
    contacts: () => context.argvs.length,
    ...(served.secrets !== undefined && { secrets: served.secrets }),
    [Symbol.asyncDispose]: async () => {
      await served[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    },
  };
};
