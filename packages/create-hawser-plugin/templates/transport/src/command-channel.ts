import { spawn } from "node:child_process";
import type { Channel } from "@hawser/core/plugin";

export interface Start {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Enough to see why it ended. */
const tailLength = 4096;

/**
 * Starts a program and hands over its standard input and output. It gets its own process group, so that what it started ends with
 * it. Rejects when it cannot be started.
 */
export const startCommand = async ({ file, argv, env }: Start): Promise<Channel> => {
  const child = spawn(file, argv, { env, detached: true, stdio: "pipe" });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-tailLength);
  });
  const closed = new Promise<string>((resolve) => {
    child.once("close", (code, signal) =>
      resolve(`${file} ended with ${signal ?? `status ${code}`}: ${said.trim() || "it said nothing"}`),
    );
  });
  // Writing to a program that has just ended is no news: `closed` tells.
  child.stdin.on("error", () => {});
  await new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(undefined));
    child.once("error", reject);
  });
  const close = (): void => {
    try {
      process.kill(-(child.pid as number), "SIGTERM");
    } catch {
      // The whole group has ended.
    }
  };
  return { readable: child.stdout, writable: child.stdin, closed, close };
};
