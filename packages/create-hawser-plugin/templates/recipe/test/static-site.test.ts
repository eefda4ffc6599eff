import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { pluginContext, testDirectory } from "@hawser/testkit";
import { expect, it } from "vitest";
import recipe from "../src/index.ts";

const planOf = async (options: Parameters<typeof recipe.create>[0]) =>
  (await recipe.create(options, pluginContext())).plan({ roles: ["web"] });

it("builds what an option says, where nothing else is said as npm does", async () => {
  const runs = async (options: Parameters<typeof recipe.create>[0]) =>
    (await planOf(options)).prepare.map(({ run }) => run);
  expect(await runs({})).toEqual(["npm ci --no-audit --no-fund", "npm run build"]);
  expect(await runs({ build: "hugo" })).toEqual(["npm ci --no-audit --no-fund", "hugo"]);
});

it("lets a page tell the release", async () => {
  const release = testDirectory();
  await mkdir(join(release, "public"));
  const { install } = await planOf({ output: "public" });
  for (const { run } of install)
    await promisify(execFile)("sh", ["-c", run], { cwd: release, env: { HAWSER_RELEASE: "000007" } });
  expect(await readFile(join(release, "public/version.txt"), "utf8")).toBe("000007\n");
});

it("reloads a web server only where one is given", async () => {
  expect((await planOf({})).activate).toEqual([]);
  expect((await planOf({ server: "systemd:nginx" })).activate).toMatchObject([{ name: "reload" }]);
});
