import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { spawnProgram } from "@hawser/core";
import type { PluginContext, Source } from "@hawser/core/plugin";
import {
  type JenkinsServer,
  operationContext,
  pluginContext,
  readTree,
  receiveTree,
  type TreeTexts,
  testDirectory,
} from "@hawser/testkit";
import plugin, { type JenkinsSourceOptions } from "../src/index.ts";

export const makeSource = async (
  options: JenkinsSourceOptions,
  context: PluginContext = pluginContext(),
): Promise<Source> => await plugin.create(options, context);

/** The options for a job of the server, as somebody without a login has them. */
export const optionsFor = (
  server: JenkinsServer,
  more: Partial<JenkinsSourceOptions> = {},
): JenkinsSourceOptions => ({ url: server.url, job: "web/shop", ...more });

/** An archive of files, made by the program that people use. */
export const packed = async (format: "tar.gz" | "tar" | "zip", files: TreeTexts): Promise<Buffer> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-jenkins-pack-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, "tree", path)), { recursive: true });
      await writeFile(join(directory, "tree", path), text);
    }
    const out = join(directory, `out.${format}`);
    const [file, argv] =
      format === "zip"
        ? ["zip", ["-q", "-r", out, "."]]
        : ["tar", [format === "tar" ? "-cf" : "-czf", out, "."]];
    const result = await spawnProgram(file as string, argv as string[], { cwd: join(directory, "tree") });
    if (result.exitCode !== 0) throw new Error(result.stderr);
    return await readFile(out);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** Resolves and receives the tree, as a run does. */
export const deployed = async (source: Source, ref?: string): Promise<TreeTexts> => {
  const revision = await source.resolve(ref === undefined ? {} : { ref }, operationContext());
  const directory = testDirectory();
  await receiveTree(source, { revision, directory }, operationContext());
  return await readTree(directory);
};
