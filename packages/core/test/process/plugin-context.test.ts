import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makePluginContext } from "../../src/process/plugin-context.ts";

const context = (plugin: string, signal = new AbortController().signal) => {
  const cacheRoot = mkdtempSync(join(tmpdir(), "hawser-cache-"));
  onTestFinished(() => rmSync(cacheRoot, { recursive: true, force: true }));
  const logger = { debug: () => {}, info: () => {}, warn: () => {} };
  const made = makePluginContext({
    plugin,
    application: "shop",
    environment: "",
    baseDirectory: "/",
    cacheRoot,
    signal,
    logger,
    hold: () => {},
  });
  return { made, cacheRoot };
};

it("gives each plugin a folder of its own inside the cache, whatever its name", () => {
  for (const name of ["@acme/source", "../../etc", "..", "."]) {
    const { made, cacheRoot } = context(name);
    expect(dirname(made.cacheDirectory)).toBe(cacheRoot);
    expect(existsSync(made.cacheDirectory)).toBe(true);
  }
});

it("ends what a plugin spawned when the engine ends", async () => {
  const controller = new AbortController();
  const { made } = context("x", controller.signal);
  const running = made.spawn("sleep", ["300"]);
  controller.abort(new Error("engine ended"));
  await expect(running).rejects.toThrow("engine ended");
});
