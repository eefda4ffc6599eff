import { access, constants, link, lstat, mkdtemp, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HawserError, Problem } from "@hawser/core/plugin";
import { errors, fromSystem, systemCode } from "./errors.ts";
import type { Layout } from "./layout.ts";
import { networkOf } from "./mount.ts";

/** Everything that would make a run fail here. The probe's files are gone again when it returns. */
export async function checkDirectory({ directory }: Layout): Promise<readonly Problem[]> {
  try {
    const stats = await stat(directory);
    if (!stats.isDirectory()) return [problem(errors.HWS_STORAGE_NOT_DIRECTORY([directory]))];
  } catch (error) {
    return [await absent(directory, error)];
  }
  const { type, bavail, ffree, files } = await statfs(directory);
  const kind = networkOf(type);
  const problems: Problem[] = [];
  if (kind !== undefined) problems.push(problem(errors.HWS_STORAGE_NETWORK([directory, kind])));
  // Some file systems have no inode table and say 0 of 0.
  if (bavail === 0 || (files > 0 && ffree === 0))
    problems.push(problem(errors.HWS_STORAGE_FULL([directory])));
  if (problems.length === 0) problems.push(...(await probe(directory)));
  return problems;
}

async function absent(directory: string, error: unknown): Promise<Problem> {
  if (systemCode(error) !== "ENOENT") return problem(fromSystem(error, directory));
  try {
    await access(dirname(directory), constants.W_OK | constants.X_OK);
    return problem(errors.HWS_STORAGE_NOT_YET([directory]), "warning");
  } catch (parent) {
    if (systemCode(parent) === "ENOENT") return problem(errors.HWS_STORAGE_MISSING([directory]));
    return problem(fromSystem(parent, dirname(directory)));
  }
}

async function probe(directory: string): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(directory, ".hawser-check-"));
    const file = join(folder, "probe");
    await writeFile(file, "probe");
    await link(file, join(folder, "linked")).catch(() => {
      problems.push(problem(errors.HWS_STORAGE_NO_LINKS([directory])));
    });
    const folds = await lstat(join(folder, "PROBE")).then(
      () => true,
      () => false,
    );
    if (folds) problems.push(problem(errors.HWS_STORAGE_CASE([directory]), "warning"));
  } catch (error) {
    problems.push(problem(fromSystem(error, directory)));
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
  return problems;
}

function problem(error: HawserError, severity: Problem["severity"] = "error"): Problem {
  return {
    code: error.code,
    message: error.message,
    ...(error.hint !== undefined && { hint: error.hint }),
    severity,
  };
}
