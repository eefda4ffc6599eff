import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DashboardOptions, openDashboard } from "@hawser/dashboard";
import { describe, expect, it, onTestFinished } from "vitest";
import { axeProblems, browserOfFile, isTooWide } from "./browser.ts";
import { type FleetStage, type FleetStageOptions, fleetStage } from "./fleet-stage.ts";
import { takePicture } from "./picture.ts";

const shown = async (options: FleetStageOptions = {}, more: Partial<DashboardOptions> = {}) => {
  const stage = await fleetStage(options);
  const dashboard = await openDashboard({ engine: stage.engine, listen: 0, ...more });
  onTestFinished(async () => await dashboard[Symbol.asyncDispose]());
  return { ...stage, url: dashboard.url, token: dashboard.token };
};

/** On every fourth instance waits in the second release until there is a file `go`. */
const wait = {
  name: "wait",
  run: 'case "$HAWSER_RELEASE" in 000001) ;; *) : >"$HAWSER_ROOT/waits"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done;; esac',
  timeoutMs: 60_000,
};

const letGo = ({ root }: Pick<FleetStage, "root">, ids: readonly string[]): void => {
  for (const id of ids) writeFileSync(join(root(id), "go"), "");
};

const web = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `web${from + at}`);

describe("the dashboard", () => {
  const browser = browserOfFile();

  it("shows every environment at a glance, and a deploy while it goes on", async () => {
    const stage = await shown({
      environments: { production: 24, staging: 4, testing: 2 },
      plan: { activate: [wait] },
      config: { rollout: { waves: [4, "50%", "100%"], maxUnavailable: 8 } },
    });
    const { engine, source, root, url } = stage;
    letGo(stage, web(25, 30));
    for (const environment of ["production", "staging", "testing"])
      await engine.deploy({ environment, message: "the autumn sale" }).result;
    await engine.hold({ environment: "testing", reason: "the load test runs until noon" });
    source.add({ "index.html": "two", "app/cart.txt": "a cart" }, { label: "v1.5.0" });
    await engine.deploy({ environment: "staging", message: "the new cart" }).result;
    letGo(stage, web(1, 8));
    const run = engine.deploy({ environment: "production", from: "staging", message: "the new cart" });
    while (!web(9, 24).some((id) => existsSync(join(root(id), "waits")))) await sleep(50);
    await sleep(5_500);
    const { page, complaints } = await browser().open(url);
    await takePicture(page, "dashboard-environments");
    expect(await axeProblems(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.click("h2 a");
    await page.waitForSelector("#fleet table");
    await takePicture(page, "dashboard-environment");
    expect(await axeProblems(page)).toEqual([]);
    await page.click("#running a");
    await page.waitForSelector(".fleet");
    await takePicture(page, "dashboard-run");
    expect(await axeProblems(page)).toEqual([]);
    letGo(stage, web(1, 24));
    await run.result;
    await page.waitForSelector(".outcome.good", { timeout: 15_000 });
    await takePicture(page, "dashboard-run-done");
    expect(complaints).toEqual([]);
  });
});
