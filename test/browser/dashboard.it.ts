import { openDashboard } from "@hawser/dashboard";
import { describe, expect, it, onTestFinished } from "vitest";
import { axeProblems, browserOfFile, isTooWide } from "./browser.ts";
import { type FleetStageOptions, fleetStage } from "./fleet-stage.ts";
import { takePicture } from "./picture.ts";

const shown = async (options: FleetStageOptions = {}) => {
  const stage = await fleetStage(options);
  const dashboard = await openDashboard({ engine: stage.engine, listen: 0 });
  onTestFinished(async () => await dashboard[Symbol.asyncDispose]());
  return { ...stage, url: dashboard.url };
};

describe("the dashboard", () => {
  const browser = browserOfFile();

  it("shows every environment at a glance", async () => {
    const { engine, url } = await shown();
    await engine.deploy({ message: "the autumn sale" }).result;
    const { page, complaints } = await browser().open(url);
    expect(await page.textContent("main")).toContain("v1.4.0");
    await takePicture(page, "dashboard-environments");
    expect(await axeProblems(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.click("h2 a");
    await page.waitForSelector("#fleet table");
    await takePicture(page, "dashboard-environment");
    expect(await axeProblems(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
