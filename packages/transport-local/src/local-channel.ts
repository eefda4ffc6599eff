import { spawn } from "node:child_process";
import { homedir, userInfo } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { Channel } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** What a login by SSH would give; nothing else of this process reaches the host program. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: homedir(),
  USER: userInfo().username,
  LOGNAME: userInfo().username,
  SHELL: "/bin/sh",
  LANG: "C.UTF-8",
});

const tailLength = 8192;

/** How long output may still come after the command ended. */
const drainMs = 1000;

/** Starts a command with `sh` in a process group of its own, and hands over its standard input and output. */
export const startLocal = async (command: string): Promise<Channel> => {
  const child = spawn("sh", ["-c", command], { cwd: "/", env: environment(), detached: true, stdio: "pipe" });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-tailLength);
  });
  const closed = new Promise<string>((resolve) => {
    const end = (code: number | null, signal: string | null): void =>
      resolve(`the command ended with ${signal ?? `status ${code}`}${said === "" ? "" : `: ${said.trim()}`}`);
    child.once("close", end);
    // A daemon that keeps the output open would put off `close` for as long as it lives.
    child.once("exit", (code, signal) => setTimeout(end, drainMs, code, signal).unref());
  });
  // Writing to a program that has just ended is no news: `closed` tells.
  child.stdin.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => reject(errors.HWS_TRANSPORT_UNREACHABLE([cause.message], { cause })));
  });
  const close = (): void => {
    try {
      process.kill(-(child.pid as number), "SIGTERM");
    } catch {
      // The whole group has ended.
    }
  };
  return { readable: child.stdout as Readable, writable: child.stdin as Writable, closed, close };
};
