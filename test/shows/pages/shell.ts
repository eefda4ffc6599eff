import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const limitMs = 240_000;

/** What a shell does not share with others; what it started ends with it. */
const itsOwn = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"];

export interface ShellPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gives the shell a network of its own, with nothing in it but loopback: any port is free, and nobody is asked. */
  readonly alone?: boolean;
}

/** A shell that a person types into: variables and the folder stay from one line to the next; a line that fails ends it. */
export class PageShell implements AsyncDisposable {
  readonly #shell: ChildProcess;
  readonly #cwd: string;
  readonly #ended: Promise<number | null>;
  #said = "";
  #blocks = 0;

  constructor({ cwd, env, alone = false }: ShellPlace) {
    const [file = "", ...argv] = alone
      ? ["unshare", ...itsOwn, "--", "sh", "-c", "ip link set lo up && exec sh"]
      : ["sh"];
    this.#cwd = cwd;
    this.#shell = spawn(file, argv, { cwd, env, stdio: ["pipe", "pipe", "inherit"], detached: true });
    this.#ended = once(this.#shell, "exit").then(([code]) => code as number | null);
    this.#shell.stdout?.on("data", (chunk) => {
      this.#said += String(chunk);
    });
    this.#shell.stdin?.on("error", () => {});
    this.#shell.stdin?.write("set -e\nexec 2>&1\n");
  }

  /** Runs lines and gives what they said. Rejects when one of them ended with something else than 0. */
  async run(text: string): Promise<string> {
    this.#said = "";
    const file = join(this.#cwd, `.block-${++this.#blocks}.sh`);
    const mark = randomBytes(12).toString("hex");
    await writeFile(file, text);
    this.#shell.stdin?.write(`. "${file}" < /dev/null\nprintf '%s\\n' ${mark}\n`);
    await this.#until(mark);
    return this.#said.slice(0, this.#said.indexOf(mark));
  }

  #until(mark: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#said.includes(mark)) settle(resolve);
      };
      const settle = (how: () => void): void => {
        clearTimeout(late);
        this.#shell.stdout?.off("data", look);
        how();
      };
      const fail = (why: string) => settle(() => reject(new Error(`${why}:\n${this.#said}`)));
      const late = setTimeout(() => fail(`a block took more than ${limitMs / 1_000} s`), limitMs);
      this.#shell.stdout?.on("data", look);
      // What it still said comes before this in the same queue.
      void this.#ended.then((code) => setImmediate(() => fail(`a line ended with ${code}`)));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#shell.stdin?.end();
    try {
      process.kill(-(this.#shell.pid as number), "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    await this.#ended;
  }
}
