import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@hawser/core/plugin";
import {
  describeSource,
  pluginContext,
  type SourceTrial,
  startJenkinsServer,
  type TreeTexts,
} from "@hawser/testkit";
import { makeSource, optionsFor, packed } from "./trial.ts";

const token = "11c0ffee5ec7e700deadbeef";

const version = (count: number): TreeTexts => ({
  "index.html": `version ${count}\n`,
  "src/app/main.php": "<?php\n",
  [`only-in/${count}.txt`]: `${count}\n`,
});

/** A trial on one job, whose builds archive each version in some form. */
const trial = async (archive: (files: TreeTexts) => Promise<TreeTexts | Record<string, Buffer>>) => {
  const login = { username: "deployer", token };
  const server = await startJenkinsServer({ login });
  const cacheDirectory = mkdtempSync(join(tmpdir(), "hawser-jenkins-trial-"));
  let count = 0;
  const change = async () => {
    count += 1;
    server.addBuild("web/shop", { artifacts: await archive(version(count)), fingerprints: true });
  };
  await change();
  const options = optionsFor(server, { username: login.username, token: new Secret(token) });
  return {
    source: await makeSource(options, pluginContext({ cacheDirectory })),
    tree: async () => version(count),
    change,
    missingRef: "4711",
    hostileRefs: ["0", "01", "1e3", "lastBuild/..", "lastFoo", "1/artifact", "%31", "lastStable?x", "1#x"],
    contacts: () => server.requests.length,
    secrets: [token, Buffer.from(`deployer:${token}`).toString("base64")],
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      rmSync(cacheDirectory, { recursive: true, force: true });
    },
  } satisfies SourceTrial;
};

describeSource("source-jenkins with files", { create: () => trial(async (files) => files) });

describeSource("source-jenkins with a tar.gz", {
  create: () => trial(async (files) => ({ "dist/shop.tar.gz": await packed("tar.gz", files) })),
});

describeSource("source-jenkins with a zip", {
  create: () => trial(async (files) => ({ "shop.zip": await packed("zip", files) })),
});
