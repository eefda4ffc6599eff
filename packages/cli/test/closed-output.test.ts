import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { folder, hawser } from "./process.ts";

describe("a reader that goes away", () => {
  it.each([
    ["plain lines", []],
    ["events", ["--json"]],
  ])("does not stop a run that writes %s", async (_what, options) => {
    const directory = await folder();
    const run = hawser(["deploy", "--result", "out.json", ...options], {
      cwd: directory,
      env: { FAKE_RUN: "good:50:60" },
    });
    await run.shown("resolve");
    run.child.stdout?.destroy();
    expect((await run.ended).code).toBe(0);
    expect(JSON.parse(await readFile(join(directory, "out.json"), "utf8"))).toMatchObject({ ok: true });
  });
});

describe("a terminal that goes away", () => {
  it("does not stop a run when it is told so by SIGHUP", async () => {
    const directory = await folder();
    const run = hawser(["deploy", "--result", "out.json"], {
      cwd: directory,
      env: { FAKE_RUN: "good:4:60" },
    });
    await run.shown("resolve");
    run.child.kill("SIGHUP");
    expect((await run.ended).code).toBe(0);
    expect(JSON.parse(await readFile(join(directory, "out.json"), "utf8"))).toMatchObject({ ok: true });
  });

  it("does not stop a run that was drawing on it", async () => {
    const directory = await folder();
    const run = hawser(["deploy", "--result", "out.json"], {
      cwd: directory,
      env: { FAKE_RUN: "good:4:100" },
      terminal: true,
    });
    await run.shown("resolve");
    // The process that holds the terminal ends: writing to it fails from now on.
    run.child.kill("SIGKILL");
    const file = join(directory, "out.json");
    await vi.waitUntil(() => existsSync(file), { timeout: 20_000, interval: 50 });
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ ok: true });
  });
});
