import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import {
  describeSource,
  pluginContext,
  type SftpServer,
  type SourceTrial,
  startSftpServer,
  startToxicProxy,
  type TreeTexts,
  temporaryDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { longAgo, makeSource, optionsFor, write } from "./place.ts";

let server: SftpServer;
beforeAll(async () => {
  server = await startSftpServer();
});
afterAll(() => server[Symbol.asyncDispose]());

let trials = 0;

/** Another version of a small site with each change. */
const version = (count: number): TreeTexts => ({
  "index.html": `version ${count}\n`,
  "src/app/main.php": "<?php\n",
  [`only-in/${count}.txt`]: `${count}\n`,
});

/** A folder of its own on the server, behind a proxy that counts. `publish` puts a version there. */
const trialOf = async (
  name: string,
  publish: (directory: string, count: number) => Promise<void>,
): Promise<SourceTrial> => {
  trials += 1;
  const folder = `trial-${trials}`;
  const proxy = await startToxicProxy({ host: server.host, port: server.port });
  const cacheDirectory = temporaryDirectory();
  let count = 0;
  const change = async (): Promise<void> => {
    count += 1;
    await publish(join(server.directory, folder), count);
  };
  await change();
  const { host, port } = proxy;
  const served = { ...server, host, port, knownHosts: server.knownHostsOf(proxy) };
  const path = join(server.path, folder, name);
  return {
    source: await makeSource(optionsFor(served, { path }), pluginContext({ cacheDirectory })),
    tree: async () => version(count),
    change,
    missingRef: "main",
    contacts: () => proxy.bytes.upstream,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      rmSync(cacheDirectory, { recursive: true });
    },
  };
};

// The suite's hooks are those of the block it is declared in.
describe("a directory", () =>
  describeSource("source-sftp", {
    create: () =>
      trialOf("", async (directory, count) => {
        const removed = count > 1 ? { [`only-in/${count - 1}.txt`]: null } : {};
        await write(directory, { ...version(count), ...removed }, longAgo + count);
      }),
  }));

describe("an archive", () =>
  describeSource("source-sftp", {
    create: () =>
      trialOf("site.tar.gz", async (directory, count) => {
        const tree = `${directory}.${count}`;
        await write(tree, version(count));
        await mkdir(directory, { recursive: true });
        const draft = join(directory, "draft");
        execFileSync("tar", ["-czf", draft, "-C", tree, ...Object.keys(version(count))]);
        await rename(draft, join(directory, "site.tar.gz"));
      }),
  }));
