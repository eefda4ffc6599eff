import { existsSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@hawser/core/plugin";
import { describe, expect, it, vi } from "vitest";
import { axeProblems, browserOfFile, isTooWide } from "./browser.ts";
import { type DashboardStage, dashboardStage, letGo, waiting, web } from "./dashboard-stage.ts";
import { bulk } from "./fleet-stage.ts";
import { takePicture } from "./picture.ts";

/** An environment of four instances at a first release, and a deploy of a second one that waits on its first instance. */
const inFirstWave = async () => {
  const stage = await dashboardStage({
    plan: { activate: [waiting] },
    config: { rollout: { waves: [1, "100%"], maxUnavailable: 4 } },
  });
  await stage.engine.deploy().result;
  stage.source.add({ ...bulk, "index.html": "two" }, { label: "v1.5.0" });
  const run = stage.engine.deploy({ message: "the new cart" });
  await someoneWaits(stage, web(1, 4));
  return { ...stage, run };
};

const someoneWaits = async (
  { root }: Pick<DashboardStage, "root">,
  ids: readonly string[],
): Promise<void> => {
  const waits = () => expect(ids.some((id) => existsSync(join(root(id), "waits")))).toBe(true);
  await vi.waitFor(waits, { timeout: 60_000, interval: 50 });
};

describe("a dashboard in a browser", () => {
  const browser = browserOfFile();

  it("shows a deploy while it goes on: every environment, one, and the run itself", async () => {
    const stage = await dashboardStage({
      environments: { production: 16, staging: 3, testing: 2 },
      plan: { activate: [waiting] },
      config: { rollout: { waves: [2, "50%", "100%"], maxUnavailable: 6 } },
    });
    const { engine, source, url } = stage;
    letGo(stage, web(17, 21));
    for (const environment of ["production", "staging", "testing"])
      await engine.deploy({ environment, message: "the autumn sale" }).result;
    await engine.hold({ environment: "testing", reason: "the load test runs until noon" });
    source.add({ ...bulk, "index.html": "two", "app/cart.txt": "a cart" }, { label: "v1.5.0" });
    await engine.deploy({ environment: "staging", message: "the new cart" }).result;
    const { page, complaints } = await browser().open(url, { height: 600 });
    expect(await page.textContent("#env-production")).toContain("In service");
    letGo(stage, web(1, 5));
    const run = engine.deploy({ environment: "production", message: "the new cart" });
    await someoneWaits(stage, web(6, 16));
    await page.waitForSelector("#env-production .busy:has-text('Deploying')");
    await page.waitForSelector("#env-production .counts:has-text('switching')");
    await takePicture(page, "dashboard-environments");
    await page.click("#env-production h2 a");
    await page.waitForSelector("#running:has-text('wave 2 of 3: under way')");
    await page.setViewportSize({ width: 1280, height: 1000 });
    await takePicture(page, "dashboard-environment");
    await page.click("#running a");
    await page.waitForSelector("main h1:has-text('000002')");
    await page.waitForSelector(".outcome.busy");
    letGo(stage, web(6, 16));
    expect((await run.result).outcome).toBe("done");
    await page.waitForSelector(".outcome.good");
    expect(await page.locator(".fleet tr[data-s=active]").count()).toBe(16);
    await takePicture(page, "dashboard-run");
    expect(complaints).toEqual([]);
  });

  it("leaves alone what a person does while it changes: focus, words, choices", async () => {
    const stage = await inFirstWave();
    const { page, complaints } = await browser().open(`${stage.url}/environments/production`);
    await page.waitForSelector("#fleet tr:has-text('switching')");
    await page.getByLabel("Find").fill("web1");
    expect(await page.locator("#fleet tbody tr:visible").count()).toBe(1);
    await page.getByLabel("with").selectOption("000001");
    await page.getByLabel("Find").focus();
    letGo(stage, web(1, 4));
    await stage.run.result;
    await page.waitForSelector("#standing:has-text('In service')");
    await page.waitForSelector("#fleet tr:has-text('active')");
    expect(await page.locator("#fleet tbody tr:visible").count()).toBe(1);
    expect(await page.getByLabel("Find").evaluate((node) => node.matches(":focus"))).toBe(true);
    expect(await page.getByLabel("Find").inputValue()).toBe("web1");
    expect(await page.getByLabel("with").inputValue()).toBe("000001");
    expect(await page.textContent("#found")).toBe("1 of 4 shown");
    expect(await page.locator("#running").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("finds the instances of a run that appear while it is looked at", async () => {
    const { engine, url } = await dashboardStage();
    const { page } = await browser().open(`${url}/environments/production/runs/000001`);
    expect(await page.textContent("main")).toContain("Nothing is kept");
    await engine.deploy().result;
    await page.waitForSelector(".outcome.good");
    await page.getByLabel("Name").fill("web2");
    expect(await page.locator("tr[data-s]:visible").count()).toBe(1);
  });

  it("is whole without a script, and loads itself again", async () => {
    const stage = await inFirstWave();
    const { page } = await browser().open(`${stage.url}/environments/production`, { script: false });
    for (const words of ["Run 000002 is under way", "web1", "the new cart"])
      expect(await page.textContent("main")).toContain(words);
    expect(await page.getAttribute("meta[http-equiv=refresh]", "content")).toBe("15");
    expect(await page.isVisible("#find")).toBe(false);
    await page.selectOption("#from", "000001");
    letGo(stage, web(1, 4));
    await stage.run.result;
    await page.click("text=Show what differs");
    expect(await page.textContent("h1")).toContain("From release 000001");
  });

  it("asks every instance when a person presses the button, and shows what they said", async () => {
    const { engine, url } = await dashboardStage();
    await engine.deploy().result;
    const { page } = await browser().open(`${url}/environments/production`);
    await page.getByRole("button", { name: "Ask every instance now" }).press("Enter");
    await page.waitForSelector("#looked:has-text('Every instance was asked')");
    expect(new URL(page.url()).search).toBe("");
    expect(await page.textContent("#fleet tbody tr")).toContain("asked");
  });

  it("lets in who has the token, and no one else", async () => {
    const token = "a-token-that-nobody-guesses";
    const { engine, url } = await dashboardStage({}, { token: new Secret(token) });
    await engine.deploy().result;
    const { page } = await browser().open(`${url}/environments/production`);
    expect(await page.textContent("main")).not.toContain("web1");
    expect(await axeProblems(page)).toEqual([]);
    await page.getByLabel("Token").fill("a-token-that-is-not-the-one");
    await page.keyboard.press("Enter");
    expect(await page.textContent("[role=alert]")).toContain("That is not the token");
    await page.getByLabel("Token").fill(token);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#fleet tr");
    expect(page.url()).toBe(`${url}/environments/production`);
    expect(await page.evaluate("document.cookie")).toBe("");
    expect(await axeProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Log out" }).press("Enter");
    await page.waitForSelector("[name=token]");
    await page.goto(`${url}/environments/production`);
    expect(await page.textContent("main")).not.toContain("web1");
  });

  it("says that it does not answer, and goes on when it does", async () => {
    const { engine, url, dashboard } = await dashboardStage();
    await engine.deploy().result;
    const { page } = await browser().open(url);
    await page.waitForSelector("#pulse:has-text('Live')");
    await dashboard[Symbol.asyncDispose]();
    await page.waitForSelector("#pulse:has-text('has not answered since')");
    expect(await page.textContent("#env-production")).toContain("In service");
    expect(await isTooWide(page)).toBe(false);
  });
});
