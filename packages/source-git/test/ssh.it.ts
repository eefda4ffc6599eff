import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createRepository,
  operationContext,
  pluginContext,
  startGitSshServer,
  testDirectory,
} from "@hawser/testkit";
import { expect, test } from "vitest";
import plugin from "../src/index.ts";

test("a deploy key fetches a tag over SSH", async () => {
  const root = await mkdtemp(join(tmpdir(), "hawser-git-root-"));
  const repository = await createRepository(join(root, "shop.git"));
  const first = await repository.commit({ files: { "a/b.txt": "one\n", "-x": "dash" }, message: "First" });
  await repository.git("tag", "-a", "v1", "-m", "one");
  await using server = await startGitSshServer({ root });
  const source = await plugin.create(
    { url: server.url("shop.git"), ref: "v1", privateKey: server.privateKey, knownHosts: server.knownHosts },
    pluginContext(),
  );
  const context = operationContext();
  const revision = await source.resolve({}, context);
  expect(revision).toMatchObject({ id: first, exact: true, label: "v1", message: "First" });
  const directory = testDirectory();
  await source.fetch?.({ revision, directory }, context);
  expect((await readdir(directory)).sort()).toEqual(["-x", "a"]);
  expect(await readFile(join(directory, "a/b.txt"), "utf8")).toBe("one\n");
  await rm(root, { recursive: true });
});
