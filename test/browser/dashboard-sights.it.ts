import { describe, expect, it } from "vitest";
import { axeProblems, browserOfFile, isTooWide, type Sight } from "./browser.ts";
import { dashboardStage, failing } from "./dashboard-stage.ts";
import { bulk } from "./fleet-stage.ts";
import { takePicture } from "./picture.ts";

const sights: readonly Sight[] = [
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 390, height: 844 },
  { scheme: "dark", width: 390, height: 844 },
];

/** Everything at once: a deploy that was put back, a hold, a drain, a pin, another environment with nothing yet. */
const troubled = async () => {
  const stage = await dashboardStage({
    environments: { production: 6, staging: 2 },
    plan: { activate: [failing] },
    config: { rollout: { waves: [1, "100%"] } },
  });
  const { engine, source } = stage;
  const environment = "production";
  await engine.deploy({ environment, message: "the autumn sale" }).result;
  source.add({ ...bulk, "index.html": "two", "app/cart.txt": "a cart" }, { label: "v1.5.0" });
  await engine.pin({ environment, release: "000001", reason: "the last one before the new cart" });
  const { outcome } = await engine.deploy({ environment, message: "the new cart" }).result;
  expect(outcome).toBe("putBack");
  await engine.hold({ environment, reason: "until web3 is mended" });
  await engine.drain({ environment, instances: ["web3"], reason: "its PHP does not start" }).result;
  return stage;
};

describe("the sights of a dashboard", () => {
  const browser = browserOfFile();

  it("have nothing that axe complains of, and fit, in light and dark, wide and narrow", async () => {
    const { url } = await troubled();
    const place = "/environments/production";
    const diagonal = [sights[0], sights[3]];
    const looks = [
      ...["/", `${place}/runs/000002`, `${place}/diff?from=000001&to=000002`].flatMap((target) =>
        diagonal.map((sight) => ({ target, sight })),
      ),
      ...sights.map((sight) => ({ target: place, sight })),
    ];
    for (const { target, sight } of looks) {
      const { page, complaints } = await browser().open(`${url}${target}`, sight);
      const where = `${target} ${sight?.scheme} ${sight?.width}`;
      expect([where, await axeProblems(page)]).toEqual([where, []]);
      expect([where, await isTooWide(page)]).toEqual([where, false]);
      expect([where, complaints]).toEqual([where, []]);
    }
    const dark = await browser().open(`${url}${place}`, { scheme: "dark", height: 1100 });
    await takePicture(dark.page, "dashboard-put-back-dark");
    const narrow = await browser().open(`${url}${place}`, { width: 390, height: 844 });
    await takePicture(narrow.page, "dashboard-narrow");
  });

  it("are reached whole by the Tab key, in the order of the page", async () => {
    const { engine, source, url } = await dashboardStage({ environments: { production: 1 } });
    await engine.deploy().result;
    source.add({ ...bulk, "index.html": "two" }, { label: "v1.5.0" });
    await engine.deploy().result;
    const { page } = await browser().open(`${url}/environments/production`);
    const reached: string[] = [];
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press("Tab");
      const told = await page.evaluate(() => {
        const { activeElement: at } = (
          globalThis as unknown as {
            document: {
              activeElement: { tagName: string; textContent: string; id: string; ariaLabel: string | null };
            };
          }
        ).document;
        return at.tagName === "BODY" ? "BODY" : `${at.tagName} ${at.id || at.ariaLabel || at.textContent}`;
      });
      if (told === "BODY") break;
      reached.push(told);
    }
    const order = [
      "A Skip to the content",
      "A shop",
      "BUTTON Ask every instance now",
      "INPUT find",
      "SELECT tone",
      "DIV Instances",
      "SELECT from",
      "SELECT to",
      "BUTTON Show what differs",
      "DIV Releases",
      "DIV History",
      "A 000002",
    ];
    expect(
      reached.filter((told) => order.includes(told)).filter((told, at, all) => all.indexOf(told) === at),
    ).toEqual(order);
  });

  it("of 200 instances are under 300 KB, and each instance is found", async () => {
    const { engine, url } = await dashboardStage({
      environments: { production: 200 },
      simulated: true,
    });
    expect((await engine.deploy({ message: "the autumn sale" }).result).outcome).toBe("done");
    for (const target of ["/", "/environments/production", "/environments/production/runs/000001"]) {
      const answer = await fetch(`${url}${target}`);
      const bytes = (await answer.text()).length;
      expect([target, bytes < 300_000, bytes]).toEqual([target, true, bytes]);
      const { page } = await browser().open(`${url}${target}`, sights[3]);
      expect([target, await axeProblems(page)]).toEqual([target, []]);
      expect([target, await isTooWide(page)]).toEqual([target, false]);
    }
    const { page } = await browser().open(`${url}/environments/production`, { height: 1000 });
    await takePicture(page, "dashboard-200-instances");
    await page.getByLabel("Find").fill("web77");
    expect(await page.locator("#fleet tbody tr:visible").count()).toBe(1);
    await page.getByLabel("Find").fill("");
    await page.getByLabel("State").selectOption({ label: "failed or silent" });
    expect(await page.locator("#fleet tbody tr:visible").count()).toBe(0);
    expect(await page.textContent("#found")).toBe("0 of 200 shown");
  });
});
