import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlanCommand } from "@hawser/core/plugin";
import { pluginContext } from "@hawser/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import phpInstaller, { type PhpOptions } from "../src/index.ts";

let folder: string;
let tree: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hawser-php-"));
  tree = join(folder, "tree");
  for (const each of ["tree", "bin"]) mkdirSync(join(folder, each));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that writes down how it was called. */
const program = (name: string, exit = 0): void =>
  writeFileSync(
    join(folder, "bin", name),
    `#!/bin/sh\necho "${name} $*" >>"${folder}/calls"\nexit ${exit}\n`,
    {
      mode: 0o755,
    },
  );
const calls = (): string =>
  existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "";
const write = (path: string, text = ""): void => writeFileSync(join(tree, path), text);

const command = async (name: string, options: PhpOptions = {}): Promise<PlanCommand> => {
  const { prepare, install } = (await phpInstaller.create(options, pluginContext())).plan({ roles: [] });
  const found = [...prepare, ...install].find((each) => each.name === name);
  if (found === undefined) throw new Error(`the plan has no command ${name}`);
  return found;
};

describe.each(["dash", "bash"])("run by %s", (shell) => {
  const run = ({ run: text, env }: PlanCommand) =>
    spawnSync(shell, ["-c", text], {
      cwd: tree,
      env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, ...env },
      encoding: "utf8",
    });

  describe("composer", () => {
    it("does nothing where there is no composer.json", async () => {
      program("composer", 1);
      expect(run(await command("composer")).status).toBe(0);
      expect(calls()).toBe("");
    });

    it("fails where the lock file is missing, and says what to do", async () => {
      program("composer");
      write("composer.json", "{}");
      const { status, stderr } = run(await command("composer"));
      expect([status, calls()]).toEqual([1, ""]);
      expect(stderr).toContain("commit the lock file");
    });

    it("installs what the lock file names, and ends as Composer ends", async () => {
      program("composer", 4);
      for (const name of ["composer.json", "composer.lock"]) write(name, "{}");
      expect(run(await command("composer")).status).toBe(4);
      expect(calls()).toMatch(/^composer install --no-dev --no-interaction .*--optimize-autoloader\n$/);
    });
  });

  describe("platform", () => {
    it("asks nothing where Composer laid no question, or where there is no command line of PHP", async () => {
      program("php8.9");
      expect(run(await command("platform", { php: "php8.9" })).status).toBe(0);
      mkdirSync(join(tree, "vendor/composer"), { recursive: true });
      write("vendor/composer/platform_check.php");
      expect(run(await command("platform", { php: "php-that-is-nowhere" })).status).toBe(0);
      expect(calls()).toBe("");
    });

    it("fails where PHP of the instance does not fit", async () => {
      program("php8.9", 104);
      mkdirSync(join(tree, "vendor/composer"), { recursive: true });
      write("vendor/composer/platform_check.php");
      expect(run(await command("platform", { php: "php8.9" })).status).toBe(104);
      expect(calls()).toBe("php8.9 vendor/composer/platform_check.php\n");
    });
  });

  it.each([
    ["release.php", "basename(__DIR__)"],
    ["public/release.php", "basename(dirname(__DIR__, 1))"],
    ["web/app/release.php", "basename(dirname(__DIR__, 2))"],
  ])("lays the page %s, which names the folder of the release", async (page, expression) => {
    const { status } = run(await command("page", { probe: { http: "http://127.0.0.1/", page } }));
    expect(status).toBe(0);
    expect(readFileSync(join(tree, page), "utf8")).toContain(expression);
  });
});
