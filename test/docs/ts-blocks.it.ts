import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleWith, heldBlocks, pages, repository } from "./code-blocks.ts";

const folder = mkdtempSync(join(tmpdir(), "hawser-docs-ts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As in a project of somebody who uses Hawser. */
const compilerOptions = {
  target: "es2023",
  lib: ["es2023", "esnext.disposable"],
  types: ["node"],
  module: "nodenext",
  moduleDetection: "force",
  strict: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  allowJs: true,
  noEmit: true,
  skipLibCheck: true,
};

const blocks = pages.flatMap((page) => heldBlocks(page, "ts", "js"));

/** A block that names its file in its first line is that file, and the others of the page may import it. */
const fileOf = ({ page, line, language, text }: (typeof blocks)[number]): string => {
  const [, name] = /^\/\/ ([\w./-]+\.[cm]?[jt]s)\n/.exec(text) ?? [];
  return join(page.replaceAll("/", "-"), name ?? `line-${line}.${language}`);
};

/** A file that a block imports, and that no block of its page is, is one of an example's. */
const layExamples = ({ page, text }: (typeof blocks)[number]): void => {
  for (const [, name = ""] of text.matchAll(/ from "\.\/([\w./-]+)"/g)) {
    const file = join(folder, page.replaceAll("/", "-"), name);
    const example = exampleWith(name);
    if (!existsSync(file) && example !== undefined)
      cpSync(example, dirname(file), { recursive: true, filter: (path) => !/test\.ts$|\.json$/.test(path) });
  }
};

let problems: readonly string[] = [];

beforeAll(async () => {
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*"] }));
  for (const block of blocks) {
    const file = join(folder, fileOf(block));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, block.text);
  }
  for (const block of blocks) layExamples(block);
  const argv = ["--no-install", "tsc", "-p", folder, "--pretty", "false"];
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const { stdout, stderr } = await spawnProgram("npx", argv, { cwd: repository, env });
  problems = `${stdout}${stderr}`.split("\n").filter((line) => line.trim() !== "");
});

describe("a program on a page compiles", () => {
  it.each(blocks)("$page:$line", (block) => {
    const at = fileOf(block);
    expect(problems.filter((problem) => problem.includes(`${at}(`))).toEqual([]);
  });

  it("and nothing else is wrong with them all", () => {
    const files = blocks.map(fileOf);
    expect(
      problems.filter((line) => !line.startsWith(" ") && !files.some((at) => line.includes(`${at}(`))),
    ).toEqual([]);
  });
});
