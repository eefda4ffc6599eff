import { execFile } from "node:child_process";

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; any exit status is a result. */
export const runCommand = (
  file: string,
  argv: readonly string[],
  timeoutMs = 60_000,
): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    execFile(file, argv, { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") return reject(error);
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

/** Runs a program that must succeed, and gives its output. */
export const mustRun = async (file: string, argv: readonly string[]): Promise<string> => {
  const result = await runCommand(file, argv);
  if (result.exitCode !== 0)
    throw new Error(
      `${file} ${argv.join(" ")} ended with ${result.exitCode}: ${result.stderr || result.stdout}`,
    );
  return result.stdout;
};
