import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { JenkinsBuild, type JenkinsBuildSetup } from "./jenkins-build.ts";

/** A step of a job: a command in the workspace, and the files that are published when it succeeded. */
export interface JenkinsStage {
  readonly run: readonly string[];
  /** Paths in the workspace. */
  readonly archive?: readonly string[];
}

export interface JenkinsJobSetup {
  readonly stages: readonly JenkinsStage[];
  /** Beside what Jenkins tells a command: BUILD_NUMBER, BUILD_URL, JENKINS_URL, JOB_NAME, WORKSPACE. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a build works, and what it is told. */
export interface JenkinsPlace {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A job of the stand-in and its builds, oldest first. */
export class JenkinsJob {
  readonly builds: JenkinsBuild[] = [];
  readonly #running = new Set<AbortController>();
  /** Absent: nothing can be started. */
  setup: JenkinsJobSetup | undefined;

  add(setup: JenkinsBuildSetup): JenkinsBuild {
    const build = new JenkinsBuild(setup.number ?? (this.builds.at(-1)?.number ?? 0) + 1, setup);
    this.builds.push(build);
    this.builds.sort((a, b) => a.number - b.number);
    return build;
  }

  /** Runs the stages one after the other until one fails; the exit code of each decides. */
  async run(build: JenkinsBuild, { workspace, env }: JenkinsPlace): Promise<void> {
    const { stages = [], env: own } = this.setup ?? {};
    const place = { workspace, env: { ...own, ...env } };
    const stop = new AbortController();
    this.#running.add(stop);
    try {
      for (const { run, archive = [] } of stages) {
        const exitCode = await execute(run, place, stop.signal, (text) => {
          build.log += text;
        });
        if (exitCode !== 0) {
          build.result = stop.signal.aborted ? "ABORTED" : "FAILURE";
          return;
        }
        for (const path of archive) build.artifacts.set(path, await readFile(join(workspace, path)));
      }
      build.result = "SUCCESS";
    } catch (error) {
      build.log += `${error}\n`;
      build.result = "FAILURE";
    } finally {
      this.#running.delete(stop);
    }
  }

  /** Ends the commands that still run. */
  stop(): void {
    for (const running of this.#running) running.abort();
  }
}

const execute = (
  [file = "false", ...argv]: readonly string[],
  { workspace, env }: JenkinsPlace,
  signal: AbortSignal,
  write: (text: string) => void,
): Promise<number | null> =>
  new Promise((resolve, reject) => {
    // A group of its own, so that what a command started ends with it.
    const child = spawn(file, argv, {
      cwd: workspace,
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const kill = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    signal.addEventListener("abort", kill);
    child.stdout.on("data", (chunk) => write(String(chunk)));
    child.stderr.on("data", (chunk) => write(String(chunk)));
    child.once("error", reject);
    child.once("close", (code) => {
      signal.removeEventListener("abort", kill);
      resolve(code);
    });
  });
