import { readdirSync, readlinkSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { FetchingSource, Revision } from "@hawser/core/plugin";
import { createRepository, operationContext, readTree, testDirectory } from "@hawser/testkit";
import { expect, test } from "vitest";
import { countingContext, makeSource } from "./trial.ts";

const site = async () => {
  const repository = await createRepository(join(testDirectory(), "shop"));
  const context = countingContext(testDirectory("hawser-cache-"));
  const source = (await makeSource({ url: repository.directory, ref: "main" }, context)) as FetchingSource;
  return { repository, source, spawned: context.argvs };
};

const resolve = async (source: FetchingSource): Promise<Revision> =>
  await source.resolve({}, operationContext());

const fetched = async (source: FetchingSource, revision: Revision): Promise<string> => {
  const directory = testDirectory();
  await source.fetch({ revision, directory }, operationContext());
  return directory;
};

/** Names with type and mode, beside what the files hold. */
const shape = async (directory: string): Promise<unknown> => [
  await readTree(directory),
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const stats = statSync(join(directory, name));
      return `${name} ${stats.isDirectory() ? "folder" : (stats.mode & 0o777).toString(8)}`;
    }),
];

test("an update gives what a fetch gives: changed, new and removed files, links, modes, and a folder for a file", async () => {
  const { repository, source } = await site();
  const link = (name: string, target: string) => symlinkSync(target, join(repository.directory, name));
  link("current", "kept.txt");
  await repository.commit({
    files: {
      "kept.txt": "1\n",
      "changed.txt": "1\n",
      "gone/deep/file.txt": "1\n",
      thing: "a file\n",
      run: "#!/bin/sh\n",
    },
  });
  const from = await resolve(source);
  const directory = await fetched(source, from);
  const inode = statSync(join(directory, "kept.txt")).ino;
  await repository.git("rm", "-q", "current", "thing");
  await repository.commit({ files: {} });
  link("current", "changed.txt");
  await repository.git("update-index", "--chmod=+x", "run");
  await repository.git("commit", "-q", "-m", "Make it run");
  await repository.git("checkout", "-q", "run");
  await repository.commit({
    files: {
      "changed.txt": "2\n",
      "gone/deep/file.txt": null,
      "thing/inside.txt": "now a folder\n",
      "new.txt": "2\n",
    },
  });
  const to = await resolve(source);
  expect(await source.update?.({ from, to, directory }, operationContext())).toBe(true);
  expect(await shape(directory)).toEqual(await shape(await fetched(source, to)));
  expect(readlinkSync(join(directory, "current"))).toBe("changed.txt");
  expect(statSync(join(directory, "kept.txt")).ino).toBe(inode);
});

test("an update from a revision that the cache holds no more touches nothing and says so", async () => {
  const { repository, source } = await site();
  await repository.commit({ files: { "a.txt": "1\n" } });
  const directory = await fetched(source, await resolve(source));
  const from = { id: "0123456789012345678901234567890123456789", exact: true };
  await repository.commit({ files: { "a.txt": "2\n" } });
  const to = await resolve(source);
  expect(await source.update?.({ from, to, directory }, operationContext())).toBe(false);
  expect(await readTree(directory)).toEqual({ "a.txt": "1\n" });
});

test("an update refuses a revision that is no commit id before anything is spawned", async () => {
  const { source, spawned } = await site();
  const from = { id: "--upload-pack=x", exact: true };
  const call = source.update?.({ from, to: from, directory: testDirectory() }, operationContext());
  await expect(call).rejects.toMatchObject({ code: "HWS_SOURCE_REF_INVALID" });
  expect(spawned).toEqual([]);
});
