import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pluginContext } from "@hawser/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import phpInstaller, { type PhpOptions } from "../src/index.ts";

let folder: string;
let tree: string;
let environment: NodeJS.ProcessEnv;

const write = (path: string, text: string): void => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const json = (path: string, value: object): void => write(path, JSON.stringify(value));

/** An application with one package for production and one for development, both in folders beside it. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hawser-composer-"));
  tree = join(folder, "application");
  for (const name of ["needed", "development"]) {
    json(`packages/${name}/composer.json`, {
      name: `acme/${name}`,
      version: "1.0.0",
      autoload: { "psr-4": { [`Acme\\${name[0]?.toUpperCase()}${name.slice(1)}\\`]: "src" } },
    });
    write(`packages/${name}/src/Word.php`, "<?php\n");
  }
  write(
    "packages/needed/src/Word.php",
    '<?php\n\nnamespace Acme\\Needed;\n\nfinal class Word\n{\n    public const IT = "word";\n}\n',
  );
  json("application/composer.json", {
    name: "acme/application",
    repositories: [{ type: "path", url: "../packages/*", options: { symlink: false } }, { packagist: false }],
    require: { php: ">=8.0", "acme/needed": "1.0.0" },
    "require-dev": { "acme/development": "1.0.0" },
    scripts: { "post-install-cmd": "touch script-ran" },
  });
  environment = { PATH: process.env.PATH ?? "", HOME: join(folder, "home"), COMPOSER_ALLOW_SUPERUSER: "1" };
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (text: string, env: Readonly<Record<string, string>> = {}): string => {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", text], {
    cwd: tree,
    env: { ...environment, ...env },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${text} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
};

/** As the recipe has the tree prepared and installed. */
const recipe = async (options: PhpOptions): Promise<void> => {
  const { prepare, install } = (await phpInstaller.create(options, pluginContext())).plan({ roles: [] });
  for (const { run: text, env } of [...prepare, ...install]) run(text, env);
};

it("installs the packages of the lock file for production, whose classes are found", async () => {
  run("composer update --no-install --no-interaction");
  await recipe({ composer: { home: join(folder, "composer-home") } });
  const vendor = (name: string): boolean => existsSync(join(tree, "vendor/acme", name));
  expect([vendor("needed"), vendor("development")]).toEqual([true, false]);
  expect(existsSync(join(tree, "script-ran"))).toBe(true);
  expect(run("php -r 'require \"vendor/autoload.php\"; echo Acme\\Needed\\Word::IT;'")).toBe("word");
});

it("runs no script of composer.json where the config says so", async () => {
  run("composer update --no-install --no-interaction --no-scripts");
  await recipe({ composer: { scripts: false } });
  expect([existsSync(join(tree, "vendor/acme/needed")), existsSync(join(tree, "script-ran"))]).toEqual([
    true,
    false,
  ]);
});

it("refuses an instance whose PHP is not what the packages ask for", async () => {
  json("application/composer.json", {
    ...JSON.parse(readFileSync(join(tree, "composer.json"), "utf8")),
    require: { php: ">=99.0", "acme/needed": "1.0.0" },
    config: { platform: { php: "99.0.0" } },
  });
  run("composer update --no-install --no-interaction");
  await expect(recipe({})).rejects.toThrow(/platform_check.*>= 99\.0/s);
});
