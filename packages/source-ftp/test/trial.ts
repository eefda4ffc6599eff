import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type PluginContext, Secret, type Source } from "@hawser/core/plugin";
import {
  type FtpServer,
  pluginContext,
  type SourceTrial,
  startToxicProxy,
  type TreeTexts,
  temporaryDirectory,
} from "@hawser/testkit";
import plugin, { type FtpSourceOptions } from "../src/index.ts";

/** Seconds since 1970 long before any test: what FTP tells of such a file will tell it from a later one. */
const longAgo = 1_700_000_000;

/** Writes files with the times of files that have been there for long. */
export const writeFiles = (root: string, files: TreeTexts, time = longAgo): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    utimesSync(join(root, path), time, time);
  }
};

export const makeSource = async (
  options: FtpSourceOptions,
  context: PluginContext = pluginContext(),
): Promise<Source> => await plugin.create(options, context);

/** What it takes to log in, apart from `secure`. */
export const loginAt = (
  server: FtpServer,
): Pick<FtpSourceOptions, "host" | "port" | "username" | "password"> => ({
  host: server.host,
  port: server.port,
  username: server.username,
  password: new Secret(server.password),
});

const version = (count: number): TreeTexts => ({
  "index.html": `version ${"I".repeat(count)}\n`,
  "src/app/main.php": "<?php\n",
  ".htaccess": "Options -Indexes\n",
  [`only-in/${count}.txt`]: `${count}\n`,
});

/** Moves the files of a folder to the next version. */
const advance = (folder: string, count: number): void => {
  rmSync(join(folder, "only-in"), { recursive: true, force: true });
  writeFiles(folder, version(count), longAgo + count);
};

/** An archive whose name appears with its content or not at all. */
export const packTo = (archive: string, folder: string, time = longAgo): void => {
  execFileSync("tar", ["-czf", `${archive}.part`, "-C", folder, "."]);
  utimesSync(`${archive}.part`, time, time);
  renameSync(`${archive}.part`, archive);
};

interface TrialOptions {
  readonly server: FtpServer;
  readonly secure: boolean | "implicit";
  readonly archive: boolean;
}

/** A trial in a folder of its own on a server, through a proxy that counts what is sent to it. */
export const ftpTrial = async ({ server, secure, archive }: TrialOptions): Promise<SourceTrial> => {
  const served = mkdtempSync(join(server.root, "trial-"));
  execFileSync("chmod", ["755", served]);
  const folder = archive ? temporaryDirectory("hawser-ftp-tree-") : served;
  const cache = temporaryDirectory("hawser-ftp-cache-");
  const proxy = await startToxicProxy({ host: server.host, port: server.port });
  let count = 0;
  const change = async (): Promise<void> => {
    count += 1;
    advance(folder, count);
    if (archive) packTo(join(served, "shop.tar.gz"), folder, longAgo + count);
  };
  await change();
  const name = basename(served);
  return {
    source: await makeSource(
      {
        ...loginAt(server),
        port: proxy.port,
        path: archive ? `/${name}/shop.tar.gz` : name,
        secure,
        ca: server.authority,
      },
      pluginContext({ cacheDirectory: cache }),
    ),
    tree: async () => version(count),
    change,
    missingRef: "main",
    contacts: () => proxy.bytes.upstream,
    secrets: [server.password],
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      for (const directory of [served, folder, cache]) rmSync(directory, { recursive: true, force: true });
    },
  };
};
