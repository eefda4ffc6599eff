import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SpawnResult, spawnProgram } from "@hawser/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { templateKinds } from "../../packages/create-hawser-plugin/src/index.ts";
import { type Tarball, tarballs } from "../packed/tarballs.ts";
import { repository } from "./place.ts";

// An author's commands keep a core busy each.
vi.setConfig({ maxConcurrency: 2 });

const place = mkdtempSync(join(tmpdir(), "hawser-scaffold-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };

/** Gives one command as an author does, in a folder of the place; its output where it fails. */
const give = async (folder: string, file: string, ...argv: readonly string[]): Promise<SpawnResult> => {
  const end = await spawnProgram(file, argv, { cwd: join(place, folder), env });
  expect(end.exitCode, `${file} ${argv.join(" ")}\n${end.stdout}${end.stderr}`).toBe(0);
  return end;
};

/** Packages of Hawser with those that they depend on. */
const withDependencies = (names: readonly string[]): ReadonlySet<string> => {
  const all = new Set(names);
  for (const name of all) {
    const file = join(repository, "node_modules", name, "package.json");
    const { dependencies = {} } = JSON.parse(readFileSync(file, "utf8"));
    for (const each of Object.keys(dependencies)) if (each.startsWith("@hawser/")) all.add(each);
  }
  return all;
};

/** Installs as an author does; what the registry would give of Hawser is in the tarballs. */
const install = async (
  folder: string,
  packed: ReadonlyMap<string, Tarball>,
  ...names: readonly string[]
): Promise<void> => {
  const files = [...withDependencies(names)].map((name) => packed.get(name)?.path ?? `no tarball of ${name}`);
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  await give(folder, "npm", "install", "--no-save", "--prefer-offline", ...quiet, ...files);
};

/** What publint says of a package as `npm pack` would pack it. */
const faults = async (folder: string): Promise<readonly string[]> => {
  const { messages } = await publint({ pkgDir: join(place, folder), strict: true });
  return messages.map(({ code, path }) => `${code} ${path.join(".")}`);
};

describe.concurrent("a plugin from npm create hawser-plugin, outside of the repository", () => {
  beforeAll(async () => {
    const packed = await tarballs();
    await install(".", packed, "create-hawser-plugin");
    const create = join(place, "node_modules/.bin/create-hawser-plugin");
    for (const kind of templateKinds)
      await give(".", create, kind, "--kind", kind, "--name", `@acme/hawser-${kind.toLowerCase()}-example`);
    await rm(join(place, "node_modules"), { recursive: true });
    // Every kind needs the same, but for a recipe, which stands on another installer.
    const needed = ["core", "cli", "testkit", "installer-script"].map((name) => `@hawser/${name}`);
    await install("source", packed, ...needed);
    for (const kind of templateKinds)
      if (kind !== "source") await give(".", "cp", "-al", "source/node_modules", kind);
  });

  it.for(templateKinds)("of the kind %s builds, passes its tests, and is found good", async (kind) => {
    await give(kind, "npm", "run", "build");
    const tested = await give(kind, "npm", "test");
    expect(tested.stdout).toMatch(/Tests.* passed/);
    expect(tested.stdout).not.toMatch(/failed|skipped|todo/);
    await give(kind, "npx", "--no-install", "hawser", "plugin", "check", ".");
    expect(await faults(kind)).toEqual([]);
  });

  it("is formatted and linted by the rules of the repository", async () => {
    const files = templateKinds.flatMap((kind) =>
      ["src", "test", "package.json", "tsconfig.json"].map((name) => join(kind, name)),
    );
    const rules = [`--config-path=${join(repository, "biome.json")}`, "--vcs-enabled=false"];
    await give(".", join(repository, "node_modules/.bin/biome"), "ci", ...rules, ...files);
  });
});
