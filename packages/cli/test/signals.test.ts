import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder, hawser } from "./process.ts";

const slow = { FAKE_RUN: "good:4:20000" };
const resultIn = async (directory: string): Promise<unknown> =>
  JSON.parse(await readFile(join(directory, "out.json"), "utf8"));

describe("without a terminal", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("%s stops the run at once and ends with 130", async (signal) => {
    const directory = await folder();
    const run = hawser(["deploy", "--result", "out.json"], { env: slow, cwd: directory });
    await run.shown("prepare started");
    run.child.kill(signal);
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).toContain("hawser deploy --resume");
    expect(await resultIn(directory)).toMatchObject({ outcome: "interrupted", exitCode: 130, run: "r-0042" });
  });

  it("a run that does not stop is left after a limit, with the result and the commands to go on", async () => {
    const directory = await folder();
    const run = hawser(["deploy", "-e", "production", "--result", "out.json"], {
      env: { FAKE_RUN: "good:4:20000:deaf" },
      cwd: directory,
    });
    await run.shown("prepare started");
    run.child.kill("SIGTERM");
    const { code } = await run.ended;
    expect(code).toBe(130);
    expect(await resultIn(directory)).toMatchObject({
      outcome: "interrupted",
      run: "r-0042",
      next: ["hawser deploy --resume -e production", "hawser deploy --abandon -e production"],
    });
  });
});

describe("on a terminal", () => {
  it("the first Ctrl-C puts back and says how to stop at once", async () => {
    const run = hawser(["deploy"], { env: slow, terminal: true });
    await run.shown("Installing");
    run.child.stdin?.write("\x03");
    await run.shown("what was switched is put back");
    run.child.stdin?.write("\x03");
    const { code, stdout } = await run.ended;
    expect(stdout).toContain("hawser deploy --resume");
    expect(code).toBe(130);
  });

  it("SIGTERM stops the run without putting back", async () => {
    const run = hawser(["deploy"], { env: { ...slow, FAKE_SIGNAL: "SIGTERM" }, terminal: true });
    const { code, stdout } = await run.ended;
    expect(stdout).not.toContain("put back");
    expect(code).toBe(130);
  });

  it("leaves the cursor visible when it ends", async () => {
    const run = hawser(["deploy"], { terminal: true });
    const { stdout } = await run.ended;
    expect(stdout.lastIndexOf("\x1b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\x1b[?25l"));
    expect(stdout.lastIndexOf("\x1b[?25l")).toBeGreaterThan(-1);
  });
});
