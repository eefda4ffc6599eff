import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConsoleWorld } from "@hawser/testkit";
import { expect, it } from "vitest";

/** A release with consoles in it, and how one is called there. */
const release = async () => {
  const world = await ConsoleWorld.open();
  const folder = mkdtempSync(join(tmpdir(), "hawser-release-"));
  mkdirSync(join(folder, "bin"));
  for (const program of ["bin/magento", "bin/console", "bin/build.sh"])
    writeFileSync(join(folder, program), world.launcher(program));
  const call = (...words: string[]) => {
    const env = { PATH: world.path, HAWSER_INSTANCE: "web1", HAWSER_RELEASE: "000001" };
    const { status, stdout, stderr } = spawnSync("php", words, { cwd: folder, env, encoding: "utf8" });
    return { status, stdout, stderr };
  };
  return { world, folder, call, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
};

it.each([
  [["bin/magento", "setup:upgrad"], 'Command "setup:upgrad" is not defined.'],
  [["bin/magento", "setup:upgrade", "--keep-generatd"], 'The "--keep-generatd" option does not exist.'],
  [["bin/magento", "cron:remove", "all"], "No arguments expected beyond 0."],
  [["bin/magento", "cache:flush", "--bootstrap"], 'The "--bootstrap" option requires a value.'],
  [["bin/magento", "setup:upgrade", "--keep-generated=1"], 'The "--keep-generated" option does not accept'],
  [["bin/console", "system:config:set", "key"], 'Not enough arguments (missing: "value").'],
])("refuses what the console does not have: %j", async (words, why) => {
  using place = await release();
  expect(place.call(...words)).toMatchObject({ status: 1, stderr: expect.stringContaining(why) });
  expect(await place.world.calls()).toMatchObject([{ exit: 1, refused: expect.stringContaining(why) }]);
});

it("takes options before and after, short and long, with and without a value of their own", async () => {
  using place = await release();
  const deploy = "setup:static-content:deploy";
  for (const words of [
    ["-n", deploy, "-f", "-j4", "--theme", "Magento/luma", "--theme=Acme/shop", "de_DE", "en_US"],
    [deploy, "--force", "--jobs=4", "--no-ansi", "--", "en_US"],
  ])
    expect(place.call("bin/magento", ...words)).toMatchObject({ status: 0 });
});

it("records each call with where, for whom and how it ended, also of scripts that are no console", async () => {
  using place = await release();
  await place.world.fail("cache:flush", { exit: 7, instance: "web1" });
  expect(place.call("bin/magento", "cache:flush").status).toBe(7);
  expect(place.call("bin/build.sh", "--fast").status).toBe(0);
  expect(await place.world.calls()).toMatchObject([
    { program: "bin/magento", command: "cache:flush", exit: 7, instance: "web1", release: "000001" },
    { program: "bin/build.sh", argv: ["--fast"], exit: 0, cwd: place.folder },
  ]);
});

it("fails as it is told to: before its work or after it, for one instance or release, until it is mended", async () => {
  using place = await release();
  mkdirSync(join(place.folder, "schema"));
  writeFileSync(join(place.folder, "schema/schema"), "2\n");
  const upgrade = () => place.call("bin/magento", "setup:upgrade").status;
  await place.world.fail("setup:upgrade", { exit: 3, release: "000002" });
  await place.world.record("schema", "1");
  await place.world.fail("setup:upgrade", { exit: 3 });
  expect([upgrade(), await place.world.database("schema")]).toEqual([3, "1"]);
  await place.world.fail("setup:upgrade", { exit: 3, after: true });
  expect([upgrade(), await place.world.database("schema")]).toEqual([3, "2"]);
  await place.world.mend("setup:upgrade");
  expect(upgrade()).toBe(0);
});

it("answers for the database as Magento does: 0 up to date, 2 behind, 1 when nothing is installed", async () => {
  using place = await release();
  const status = () => place.call("bin/magento", "setup:db:status").status;
  expect(status()).toBe(1);
  mkdirSync(join(place.folder, "app/etc"), { recursive: true });
  writeFileSync(join(place.folder, "app/etc/env.php"), "<?php return [];\n");
  expect(status()).toBe(0);
  await place.world.record("schema", "1");
  expect(status()).toBe(2);
});
