import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];
afterAll(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** A folder that is gone after the file's tests. */
export const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "hawser-script-"));
  made.push(path);
  return path;
};

const which = (program: string): string =>
  execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();

const linked = (shell: string): string => {
  const tools = folder();
  symlinkSync(which(shell), join(tools, "sh"));
  return `${tools}:${process.env.PATH}`;
};

const busybox = (): string => {
  const tools = folder();
  execFileSync("busybox", ["--install", "-s", tools]);
  return tools;
};

/** PATHs whose `sh` and tools are those of an instance. */
export const shells: Readonly<Record<string, string>> = {
  dash: linked("dash"),
  bash: linked("bash"),
  busybox: busybox(),
};

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command's text as an instance does: one `sh -c`, in a folder, with an environment and nothing else. */
export const run = (
  script: string,
  place: { readonly path: string; readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Ran => {
  const sh = execFileSync("sh", ["-c", "command -v sh"], {
    env: { PATH: place.path },
    encoding: "utf8",
  }).trim();
  const { status, stdout, stderr } = spawnSync(sh, ["-c", script, "sh"], {
    cwd: place.cwd,
    env: { PATH: place.path, HOME: place.cwd, ...place.env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

/** A folder of programs in front of a PATH, each a text of sh. */
export const withPrograms = (path: string, programs: Readonly<Record<string, string>>): string => {
  const tools = folder();
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(tools, name), 0o755);
  }
  return `${tools}:${path}`;
};
