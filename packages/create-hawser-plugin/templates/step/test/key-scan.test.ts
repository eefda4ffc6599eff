import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Facts } from "@hawser/core";
import { operationContext, testDirectory } from "@hawser/testkit";
import { expect, it } from "vitest";
import step from "../src/index.ts";

const run = async (directory: string, options?: unknown) => {
  const context = { ...operationContext(), application: "shop", environment: "", options };
  return await step.run({ prepared: { directory } } as Facts, context);
};

it.each(["", "RSA ", "OPENSSH ", "EC ", "ENCRYPTED "])("finds a key that begins with %j", async (word) => {
  const directory = testDirectory();
  await writeFile(join(directory, "key"), `# a comment\n-----BEGIN ${word}${"PRIVATE"} KEY-----\nMII…\n`);
  await expect(run(directory)).rejects.toMatchObject({
    code: "HWS_KEYS_FOUND",
    message: "a private key is in key",
  });
});

it("takes a public key for what it is", async () => {
  const directory = testDirectory();
  await writeFile(join(directory, "key.pub"), "-----BEGIN PUBLIC KEY-----\nMII…\n");
  expect(await run(directory)).toEqual({ keyScan: { files: 1 } });
});

it("looks at nothing where a stored release goes out again", async () => {
  expect(await run("")).toEqual({ keyScan: { files: 0 } });
});

it.each([{ alow: [] }, { allow: "key" }, { allow: [1] }])("refuses wrong options: %j", async (options) => {
  await expect(run(testDirectory(), options)).rejects.toMatchObject({ code: "HWS_KEYS_OPTIONS" });
});
