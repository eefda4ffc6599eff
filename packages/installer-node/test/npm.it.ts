import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlanCommand } from "@hawser/core/plugin";
import { pluginContext } from "@hawser/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import nodeInstaller, { type NodeOptions } from "../src/index.ts";
import { type PreparedProject, preparedProject } from "./prepared-project.ts";

const prepareOf = async (options: NodeOptions): Promise<readonly PlanCommand[]> =>
  (await nodeInstaller.create(options, pluginContext())).plan({ roles: [] }).prepare;

let project: PreparedProject;
beforeEach(async () => {
  project = await preparedProject();
  await project.write("lib/package.json", JSON.stringify({ name: "lib", version: "1.0.0" }));
  await project.write("lib/index.js", "module.exports = 'library';\n");
  await project.write("tool/package.json", JSON.stringify({ name: "tool", version: "1.0.0" }));
  await project.write("tool/index.js", "module.exports = (text) => text.toUpperCase();\n");
});
afterEach(() => project[Symbol.asyncDispose]());

const manifest = (scripts: object): string =>
  JSON.stringify({
    name: "application",
    version: "1.0.0",
    scripts,
    dependencies: { lib: "file:./lib" },
    devDependencies: { tool: "file:./tool" },
  });

const has = (path: string): boolean => existsSync(join(project.directory, path));
const lock = () => project.run({ run: "npm install --package-lock-only --no-audit --no-fund" });

/** Every command of the phase in its order; the first that fails is the end. */
const prepared = async (options: NodeOptions): Promise<{ failed: string | undefined; output: string }> => {
  for (const command of await prepareOf(options)) {
    const { exitCode, output } = await project.run(command);
    if (exitCode !== 0) return { failed: command.name, output };
  }
  return { failed: undefined, output: "" };
};

it("builds with what only the build needs, and leaves it out of the release", async () => {
  const build = `node -e 'require("fs").writeFileSync("built", require("tool")(require("lib")))'`;
  await project.write("package.json", manifest({ build }));
  await lock();
  expect(await prepared({})).toMatchObject({ failed: undefined });
  expect(readFileSync(join(project.directory, "built"), "utf8")).toBe("LIBRARY");
  expect([has("node_modules/lib/index.js"), has("node_modules/tool")]).toEqual([true, false]);
  expect(has(".native-modules")).toBe(false);
});

it("needs no build script, and installs no development dependency where nothing is built", async () => {
  await project.write("package.json", manifest({}));
  await lock();
  expect(await prepared({})).toMatchObject({ failed: undefined });
  expect(await prepared({ build: false })).toMatchObject({ failed: undefined });
  expect([has("node_modules/lib/index.js"), has("node_modules/tool")]).toEqual([true, false]);
});

it("fails where a build that is named is missing, and where the lock file does not fit the manifest", async () => {
  await project.write("package.json", manifest({}));
  await lock();
  expect(await prepared({ build: "bundle" })).toMatchObject({ failed: "build" });
  await project.write("other/package.json", JSON.stringify({ name: "other", version: "1.0.0" }));
  await project.write("package.json", manifest({}).replace('"lib":', '"other":"file:./other","lib":'));
  expect(await prepared({})).toMatchObject({ failed: "dependencies" });
});
