import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { spawnProgram } from "@hawser/core";
import type { PlanCommand } from "@hawser/core/plugin";

/** A folder with an application, in which the commands of a plan are run as the deployer and the host program do: by one `sh -c`. */
export interface PreparedProject extends AsyncDisposable {
  readonly directory: string;
  write(path: string, text: string): Promise<void>;
  /** Ends with what the command wrote; `shell` is its name or path. */
  run(
    command: Pick<PlanCommand, "run" | "env">,
    shell?: string,
  ): Promise<{ readonly exitCode: number | null; readonly output: string }>;
}

export const preparedProject = async (): Promise<PreparedProject> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-node-"));
  return {
    directory,
    write: async (path, text) => {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    },
    run: async ({ run, env = {} }, shell = "sh") => {
      const [file = "sh", ...applet] = shell.split(" ");
      const ended = await spawnProgram(file, [...applet, "-c", run], {
        cwd: directory,
        env: { NODE_ENV: "production", ...env },
      });
      return { exitCode: ended.exitCode, output: `${ended.stdout}${ended.stderr}` };
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }),
  };
};
