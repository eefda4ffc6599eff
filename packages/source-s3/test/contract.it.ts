import { rmSync } from "node:fs";
import {
  describeSource,
  type MinioServer,
  type SourceTrial,
  startMinio,
  type TreeTexts,
  temporaryDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll } from "vitest";
import type { S3SourceOptions } from "../src/index.ts";
import { tarOf } from "./tar.ts";
import { accessTo, countingContext, makeSource } from "./trial.ts";

let server: MinioServer;
beforeAll(async () => {
  server = await startMinio();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface Shape {
  readonly options: Omit<S3SourceOptions, "bucket">;
  readonly versioned?: boolean;
  /** Puts the next state into the bucket. */
  put(bucket: string, tree: TreeTexts, last: TreeTexts): Promise<void>;
  tree(count: number): TreeTexts;
  readonly hostileRefs?: readonly string[];
}

const site = (count: number): TreeTexts => ({
  "index.html": `version ${count}\n`,
  "src/app/main.php": "<?php\n",
  [`only-in/${count} ü+%41.txt`]: `${count}\n`,
});

const trialOf = (shape: Shape) => async (): Promise<SourceTrial> => {
  const bucket = await server.createBucket({ versioned: shape.versioned ?? false });
  let count = 0;
  const change = async (): Promise<void> => {
    count += 1;
    await shape.put(bucket, shape.tree(count), count === 1 ? {} : shape.tree(count - 1));
  };
  await change();
  const cacheDirectory = temporaryDirectory("hawser-s3-trial-");
  const context = countingContext({ cacheDirectory });
  return {
    source: await makeSource({ ...accessTo(server), bucket, ...shape.options }, context),
    tree: async () => shape.tree(count),
    change,
    missingRef: "no-such-build",
    hostileRefs: ["a/b", "a//b", ".", "..", "{ref}", "a?versionId=1", "a#b", "a%2fb", "ä"],
    contacts: () => context.requests.length,
    secrets: [server.login.secretAccessKey],
    [Symbol.asyncDispose]: async () => rmSync(cacheDirectory, { recursive: true, force: true }),
  };
};

const putArchive: Shape["put"] = async (bucket, tree) => {
  await server.put(bucket, "builds/shop.tar.gz", tarOf(tree));
};

describeSource("source-s3 with an archive", {
  create: trialOf({ options: { key: "builds/shop.tar.gz" }, put: putArchive, tree: site }),
});

describeSource("source-s3 with an archive of a bucket with versions, whose key holds the ref", {
  create: trialOf({
    options: { key: "builds/{ref}.tar.gz", ref: "shop" },
    versioned: true,
    put: putArchive,
    tree: site,
  }),
});

describeSource("source-s3 with a single file", {
  create: trialOf({
    options: { key: "builds/shop.jar" },
    put: async (bucket, tree) => await server.put(bucket, "builds/shop.jar", tree["shop.jar"] ?? ""),
    tree: (count) => ({ "shop.jar": `version ${count}` }),
  }),
});

const putTree: Shape["put"] = async (bucket, tree, last) => {
  for (const path of Object.keys(last)) if (!(path in tree)) await server.remove(bucket, `site/${path}`);
  for (const [path, text] of Object.entries(tree)) await server.put(bucket, `site/${path}`, text);
  await server.put(bucket, "sites/other.html", "beside the prefix");
};

describeSource("source-s3 with a prefix that holds the ref", {
  create: trialOf({ options: { prefix: "{ref}/", ref: "site" }, put: putTree, tree: site }),
});
