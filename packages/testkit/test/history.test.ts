import { join } from "node:path";
import { expect, test } from "vitest";
import { makeHistory, readTree, testDirectory } from "../src/index.ts";

test("a history has a tag for every version and the same commits each time it is made", async () => {
  const options = { versions: 4, files: 60, changed: 3, constant: { "index.html": "hello\n" } };
  const first = await makeHistory(join(testDirectory(), "a"), options);
  const second = await makeHistory(join(testDirectory(), "b"), options);
  expect(await first.git("rev-parse", "v1", "v2", "v3", "v4")).toBe(
    await second.git("rev-parse", "v1", "v2", "v3", "v4"),
  );
  expect((await first.git("diff", "--name-only", "v3", "v4")).split("\n")).toHaveLength(3);
  expect(await readTree(first.directory)).toMatchObject({ "index.html": "hello\n" });
  expect((await first.git("ls-files")).split("\n")).toHaveLength(61);
});
