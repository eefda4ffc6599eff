import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
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

const create = join(place, "creator/node_modules/.bin/create-hawser-plugin");

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

/** Answers what is asked on a terminal, made by script(1): each answer when its question stands there. */
const answering = async (folder: string, ...answers: readonly (readonly [RegExp, string])[]) => {
  const argv = ["--quiet", "--return", "--command", `stty cols 120 rows 40; exec ${create}`, "/dev/null"];
  const cwd = join(place, folder);
  const child = spawn("script", argv, { cwd, env: { ...env, TERM: "xterm", SHELL: "/bin/sh" } });
  const ended = once(child, "close");
  let screen = "";
  let left = answers;
  child.stdout.on("data", (chunk) => {
    screen += String(chunk);
    const [[question, answer] = [/$^/, ""], ...rest] = left;
    if (!question.test(screen)) return;
    [screen, left] = ["", rest];
    child.stdin.write(answer);
  });
  const [code] = await ended;
  expect(left, screen).toEqual([]);
  return { code, screen };
};

describe.concurrent("a plugin from npm create hawser-plugin, outside of the repository", () => {
  beforeAll(async () => {
    const packed = await tarballs();
    mkdirSync(join(place, "creator"));
    await install("creator", packed, "create-hawser-plugin");
    for (const kind of templateKinds)
      await give(".", create, kind, "--kind", kind, "--name", `@acme/hawser-${kind.toLowerCase()}-example`);
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

  it("is made of what a person answers, and a wrong answer is asked again", async () => {
    mkdirSync(join(place, "asked/full/of"), { recursive: true });
    const { code, screen } = await answering(
      "asked",
      [/What is it to be/, "\x1b[B\r"],
      [/Its folder/, "full\r"],
      [/not empty/, "\x15fresh\r"],
      [/The package's name/, "Not A Name\r"],
      [/small letters/, "\x15@acme/fresh\r"],
      [/Its licence/, "\r"],
    );
    expect(code, screen).toBe(0);
    expect(screen).toContain("npm install");
    const manifest = JSON.parse(readFileSync(join(place, "asked/fresh/package.json"), "utf8"));
    expect(manifest).toMatchObject({ name: "@acme/fresh", license: "Apache-2.0" });
    expect(existsSync(join(place, "asked/fresh/src/object-storage.ts"))).toBe(true);
  });

  it.for([
    [],
    [[/What is it to be/, "\r"]],
    [
      [/What is it to be/, "\r"],
      [/Its folder/, "some\r"],
    ],
  ] as const)("is not begun when a person leaves at a question: %#", async (answers) => {
    const folder = `left-${answers.length}`;
    mkdirSync(join(place, folder));
    const questions = [/What is it to be/, /Its folder/, /The package's name/];
    const { code } = await answering(folder, ...answers, [questions[answers.length] as RegExp, "\x03"]);
    expect(code).toBe(130);
    expect(readdirSync(join(place, folder))).toEqual([]);
  });

  it("is formatted and linted by the rules of the repository", async () => {
    const files = templateKinds.flatMap((kind) =>
      ["src", "test", "package.json", "tsconfig.json"].map((name) => join(kind, name)),
    );
    const rules = [`--config-path=${join(repository, "biome.json")}`, "--vcs-enabled=false"];
    await give(".", join(repository, "node_modules/.bin/biome"), "ci", ...rules, ...files);
  });
});
