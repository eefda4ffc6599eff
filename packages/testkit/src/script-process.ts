import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A TypeScript file in a process of its own: to be killed, stopped, or to contend with others. */
export interface ScriptProcess {
  readonly child: ChildProcess;
  /** What it wrote so far, by line. */
  readonly lines: readonly string[];
  /** Resolves with the first line, from the beginning, that has the text; rejects when it ends without one. */
  shown(text: string): Promise<string>;
  /** Ends it at once, also when it is stopped, and waits until it is gone. */
  kill(): Promise<void>;
  readonly ended: Promise<number | null>;
}

const packages = fileURLToPath(new URL("../../", import.meta.url));

/** The packages' sources, as vitest's aliases name them. */
const alias = {
  "@hawser/core/plugin": join(packages, "core/src/plugin.ts"),
  "@hawser/core": join(packages, "core/src/index.ts"),
  "@hawser/storage-fs": join(packages, "storage-fs/src/index.ts"),
};

/** Runs a TypeScript file with node; its parameters are environment variables. */
export function startScript(file: string, env: Readonly<Record<string, string>> = {}): ScriptProcess {
  const jiti = dirname(createRequire(import.meta.url).resolve("jiti/package.json"));
  const child = spawn(process.execPath, [join(jiti, "lib", "jiti-cli.mjs"), file], {
    env: { ...process.env, ...env, JITI_ALIAS: JSON.stringify(alias) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const ended = once(child, "close").then(() => child.exitCode);
  const shown = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = lines.find((candidate) => candidate.includes(text));
        if (line === undefined) return;
        reader.off("line", look);
        resolve(line);
      };
      reader.on("line", look);
      look();
      void ended.then(() => reject(new Error(`the script ended without showing ${text}`)));
    });
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return { child, lines, shown, kill, ended };
}
