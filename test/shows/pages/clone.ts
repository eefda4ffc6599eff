import { existsSync } from "node:fs";
import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { repository } from "../place.ts";

/**
 * Gives a fresh clone what this machine has already, so that its `npm install` and `npm run build` find everything done and take
 * seconds: the packages of npm, as links, and what was built.
 */
export const seedClone = async (clone: string): Promise<void> => {
  const env = { PATH: process.env.PATH ?? "" };
  const argv = ["-al", join(repository, "node_modules"), join(clone, "node_modules")];
  const copied = await spawnProgram("cp", argv, { cwd: clone, env });
  if (copied.exitCode !== 0) throw new Error(`node_modules cannot be copied: ${copied.stderr}`);
  for (const name of await readdir(join(clone, "packages"))) {
    const built = join(repository, "packages", name, "dist");
    if (existsSync(built))
      await cp(built, join(clone, "packages", name, "dist"), { recursive: true, preserveTimestamps: true });
  }
};
