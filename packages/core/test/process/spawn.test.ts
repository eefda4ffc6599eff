import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { HawserError, Secret } from "../../src/index.ts";
import { runShellCommand } from "../../src/process/shell-command.ts";
import { spawnProgram } from "../../src/process/spawn.ts";

const folder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "hawser-spawn-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A process that was killed stays visible until its parent has seen it.
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

const gone = async (pid: number): Promise<boolean> => {
  for (let count = 0; count < 100 && isAlive(pid); count += 1) await delay(50);
  return !isAlive(pid);
};

describe("spawnProgram", () => {
  it("hands arguments over as they are, never through a shell", async () => {
    const argv = ["%s|", "$(id)", "; id", "--", "-x", "a b", "'\"`"];
    expect(await spawnProgram("printf", argv)).toEqual({
      exitCode: 0,
      signal: null,
      stdout: "$(id)|; id|--|-x|a b|'\"`|",
      stderr: "",
      truncated: false,
    });
  });

  it("gives a program PATH, LANG, an empty HOME and what the caller adds, and nothing else", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", "/tmp/agent");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "canary");
    const { stdout } = await spawnProgram(
      process.execPath,
      ["-e", "console.log(JSON.stringify([process.env, require('fs').readdirSync(process.env.HOME)]))"],
      { env: { TOKEN: new Secret("revealed") } },
    );
    const [env, home] = JSON.parse(stdout) as [Record<string, string>, string[]];
    expect(Object.keys(env).sort()).toEqual(["HOME", "LANG", "PATH", "TOKEN"]);
    expect(env).toMatchObject({ LANG: "C.UTF-8", TOKEN: "revealed" });
    expect(home).toEqual([]);
    expect(existsSync(env.HOME as string)).toBe(false);
    vi.unstubAllEnvs();
  });

  it("gives any exit code as a result", async () => {
    expect(await spawnProgram("sh", ["-c", "echo no >&2; exit 7"])).toMatchObject({
      exitCode: 7,
      stderr: "no\n",
    });
  });

  it("writes the input, which a program may leave unread", async () => {
    expect((await spawnProgram("cat", [], { input: new Secret("from a secret") })).stdout).toBe(
      "from a secret",
    );
    expect((await spawnProgram("true", [], { input: "x".repeat(10_000_000) })).exitCode).toBe(0);
  });

  it("cuts output at its limit and says so", async () => {
    const result = await spawnProgram("head", ["-c", "100000", "/dev/zero"], { maxOutputBytes: 1000 });
    expect(result.stdout).toHaveLength(1000);
    expect(result.truncated).toBe(true);
  });

  it("kills the whole group at the time limit, also what ignores TERM", async () => {
    const directory = folder();
    const script = `trap '' TERM; sleep 300 & echo $! > pid; while :; do sleep 1; done`;
    const error: unknown = await spawnProgram("sh", ["-c", script], { cwd: directory, timeoutMs: 500 }).catch(
      (reason: unknown) => reason,
    );
    expect(HawserError.is(error, "HWS_PROCESS_TIMEOUT") && error.retryable).toBe(true);
    expect(await gone(Number(readFileSync(join(directory, "pid"), "utf8")))).toBe(true);
  });

  it("kills the group when the signal aborts, and rejects with its reason", async () => {
    const directory = folder();
    const controller = new AbortController();
    const running = spawnProgram("sh", ["-c", "sleep 300 & echo $! > part; mv part pid; wait"], {
      cwd: directory,
      signal: controller.signal,
    });
    while (!existsSync(join(directory, "pid"))) await delay(20);
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect(await gone(Number(readFileSync(join(directory, "pid"), "utf8")))).toBe(true);
  });

  it("starts nothing when the signal has aborted already", async () => {
    const directory = folder();
    await expect(
      spawnProgram("touch", ["x"], { cwd: directory, signal: AbortSignal.abort(new Error("no")) }),
    ).rejects.toThrow("no");
    expect(existsSync(join(directory, "x"))).toBe(false);
  });

  it("does not wait for what a program left behind, and ends it", async () => {
    const directory = folder();
    const { exitCode } = await spawnProgram("sh", ["-c", "sleep 300 & echo $! > pid"], { cwd: directory });
    expect(exitCode).toBe(0);
    expect(await gone(Number(readFileSync(join(directory, "pid"), "utf8")))).toBe(true);
  });

  it("says whether the program or its directory is missing", async () => {
    await expect(spawnProgram("hawser-no-such-program", [])).rejects.toMatchObject({
      code: "HWS_PROCESS_NOT_FOUND",
    });
    await expect(spawnProgram("true", [], { cwd: "/nowhere/at/all" })).rejects.toMatchObject({
      code: "HWS_PROCESS_DIRECTORY",
    });
  });

  it("refuses a zero byte without showing the argument", async () => {
    const error: unknown = await spawnProgram("true", ["canary\0"]).catch((reason: unknown) => reason);
    expect(HawserError.is(error, "HWS_PROCESS_ARGUMENT") && !`${error.stack}`.includes("canary")).toBe(true);
  });
});

describe("runShellCommand", () => {
  it("runs a user's own text in the shell and streams both outputs", async () => {
    let seen = "";
    const result = await runShellCommand({
      command: "echo one; echo ü >&2; exit 3",
      cwd: folder(),
      timeoutMs: 10_000,
      onOutput: (text) => {
        seen += text;
      },
    });
    expect(result).toMatchObject({ exitCode: 3, timedOut: false });
    expect(seen.split("\n").sort()).toEqual(["", "one", "ü"]);
    expect(result.output).toContain("one\n");
  });

  it("shows a command no agent socket and no credentials of the deployer", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", "/tmp/agent");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "canary");
    vi.stubEnv("HTTPS_PROXY", "http://proxy");
    const { output } = await runShellCommand({ command: "env", cwd: folder(), timeoutMs: 10_000 });
    expect(output).not.toMatch(/SSH_AUTH_SOCK|AWS_|canary/);
    expect(output).toContain("HTTPS_PROXY=http://proxy");
    vi.unstubAllEnvs();
  });

  it("says when its limit ended it", async () => {
    const result = await runShellCommand({ command: "echo begun; sleep 300", cwd: folder(), timeoutMs: 500 });
    expect(result).toMatchObject({ timedOut: true, exitCode: null, output: "begun\n" });
  });
});
