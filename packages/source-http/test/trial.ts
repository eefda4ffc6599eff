import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  Downloads,
  HttpConnections,
  type HttpSettings,
  type OperationContext,
  type PluginContext,
  Secret,
  type Source,
} from "@hawser/core";
import {
  operationContext,
  pluginContext,
  readTree,
  receiveTree,
  type TreeTexts,
  testDirectory,
} from "@hawser/testkit";
import plugin, { type HttpSourceOptions } from "../src/index.ts";

const tar =
  (...compression: readonly string[]) =>
  (folder: string, output: string) =>
    execFileSync("tar", [...compression, "-cf", output, "-C", folder, "--", ...readdirSync(folder)]);

const packers: Readonly<Record<string, (folder: string, output: string) => unknown>> = {
  ".tar": tar(),
  ".tar.gz": tar("-z"),
  ".tar.zst": tar("--zstd"),
  ".zip": (folder, output) => execFileSync("zip", ["-qr", output, "."], { cwd: folder }),
};

/** An archive of these files, of the format that the ending names. */
export const packed = (files: TreeTexts, ending: string): Buffer => {
  const folder = testDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, "in", path)), { recursive: true });
    writeFileSync(join(folder, "in", path), text);
  }
  const output = join(folder, `out${ending}`);
  packers[ending]?.(join(folder, "in"), output);
  const bytes = readFileSync(output);
  rmSync(folder, { recursive: true });
  return bytes;
};

/** Puts a file in place whole, as a publisher does. */
export const publish = (directory: string, name: string, bytes: string | Uint8Array): void => {
  writeFileSync(join(directory, `.${name}`), bytes);
  renameSync(join(directory, `.${name}`), join(directory, name));
};

/** What a plugin gets, with small limits and without this machine's proxies. */
export const quickContext = (settings: HttpSettings = {}): PluginContext => {
  const context = pluginContext();
  const downloads = new Downloads(context.cacheDirectory, { stallMs: 500, baseDelayMs: 1, maxDelayMs: 5 });
  return {
    ...context,
    http: new HttpConnections({ environment: {}, limits: { stallMs: 500 }, ...settings }),
    download: (request, operation) => downloads.download(request, operation),
  };
};

export const open = async (
  options: HttpSourceOptions,
  context: PluginContext = quickContext(),
): Promise<Source> => await plugin.create(options, context);

/** The tree of what the source points to now. */
export const fetched = async (
  source: Source,
  ref?: string,
  context: OperationContext = operationContext(),
): Promise<TreeTexts> => {
  const directory = testDirectory();
  const revision = await source.resolve(ref === undefined ? {} : { ref }, context);
  await receiveTree(source, { revision, directory }, context);
  return await readTree(directory);
};

export const login = { username: "jo", password: new Secret("pa55word") } as const;
