import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { main } from "../src/main.ts";

/** A folder that goes away with the test. */
export const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "hawser-scaffold-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Gives the command where nobody can be asked. */
export const create = async (cwd: string, ...argv: readonly string[]) => {
  const said = { out: "", err: "" };
  const code = await main(argv, {
    cwd,
    isTerminal: false,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
};

/** Every file below a folder, with its text. */
export const textsOf = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, "utf8")]),
  );
