import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pluginContext } from "@hawser/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import symfonyInstaller, { type SymfonyOptions } from "../src/index.ts";

const application = join(import.meta.dirname, "../../../test/shows/applications/symfony");

let tree: string;
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), "hawser-symfony-"));
  cpSync(application, tree, { recursive: true });
  writeFileSync(join(tree, ".env.local"), 'APP_SECRET="of-production"\n', { mode: 0o600 });
});
afterEach(() => rmSync(tree, { recursive: true }));

/** As the recipe has the tree prepared on the deployer and installed on an instance. */
const recipe = async (options: SymfonyOptions): Promise<void> => {
  const plan = (await symfonyInstaller.create(options, pluginContext())).plan({ roles: [] });
  for (const { name, run, env } of [...plan.prepare, ...plan.install]) {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", run], {
      cwd: tree,
      env: { PATH: process.env.PATH, ...plan.env, ...env },
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stdout}${stderr}`);
  }
};

it("makes cache and assets of a real application, and leaves no other traces", async () => {
  const before = readdirSync(tree);
  await recipe({});
  expect(readdirSync(tree).sort()).toEqual([...before, "var"].sort());
  expect(readdirSync(join(tree, "var/cache"))).toEqual(["prod"]);
  expect(existsSync(join(tree, "public/bundles/shop/shop.css"))).toBe(true);
  await recipe({});
});

it("dumps the .env files with the instance's secrets, for their owner alone", async () => {
  await recipe({ dumpEnv: "console" });
  const dump = join(tree, ".env.local.php");
  expect((statSync(dump).mode & 0o777).toString(8)).toBe("600");
  const said = spawnSync("php", ["-r", "echo (require $argv[1])['APP_SECRET'];", dump], { encoding: "utf8" });
  expect(said.stdout).toBe("of-production");
});
