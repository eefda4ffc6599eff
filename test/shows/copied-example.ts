import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { repository } from "./place.ts";

export interface CopiedExample {
  readonly directory: string;
  /** Where its instance's releases go. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A copy of an example in a folder of its own, with the packages in reach. */
export const copiedExample = (name: string): CopiedExample => {
  const directory = mkdtempSync(join(tmpdir(), "hawser-example-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(join(repository, "examples", name), directory, { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"));
  const root = join(directory, "web");
  const cache = join(directory, "cache");
  const env = { PATH: process.env.PATH ?? "", HOME: cache, XDG_CACHE_HOME: cache, WEB_ROOT: root };
  return { directory, root, env };
};
