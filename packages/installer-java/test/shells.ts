import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { NamedCommand } from "@hawser/installer-script";
import { onTestFinished } from "vitest";

/** How instances run a command: the shell that `sh` is there, with busybox's own awk and sed beside it where it has them. */
export const shells: readonly (readonly [string, readonly string[]])[] = [
  ["dash", ["dash", "-c"]],
  ["bash", ["bash", "--norc", "-c"]],
  ["busybox", ["busybox", "sh", "-c"]],
];

/** A folder with the given files, gone after the test. */
export const tree = (files: Readonly<Record<string, string>>): string => {
  const path = mkdtempSync(join(tmpdir(), "installer-java "));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
};

export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

const facts = { HAWSER_RELEASE: "000012", HAWSER_REVISION: "it's 5d1f" };

/** Runs a command of the recipe in a folder, as the host program does: one `sh -c`, values by environment. */
export const runIn = (
  directory: string,
  { run, env }: NamedCommand,
  [file = "sh", ...argv]: readonly string[] = ["sh", "-c"],
): Ended => {
  const { status, stdout, stderr } = spawnSync(file, [...argv, run], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH ?? "", ...env, ...facts },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
};

/** Every file of a folder by its path. */
export const filesOf = (directory: string): Readonly<Record<string, string>> => {
  const names = execFileSync("find", [".", "-type", "f"], { cwd: directory, encoding: "utf8" });
  return Object.fromEntries(
    names
      .split("\n")
      .filter(Boolean)
      .sort()
      .map((name) => [name.slice(2), readFileSync(join(directory, name), "utf8")]),
  );
};
