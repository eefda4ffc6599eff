import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gatherFacts, type RunFacts, reportPage } from "@hawser/report";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostileFacts } from "../../packages/report/test/fixtures/hostile.ts";
import { ended } from "../../packages/report/test/fixtures/project.ts";
import { breakOn, deployToMany, openShop, tree } from "../../packages/report/test/fixtures/shop.ts";
import { axeProblems, browserOfFile, isTooWide, type Shown, type Sight } from "./browser.ts";
import { takePicture } from "./picture.ts";

const folder = mkdtempSync(join(tmpdir(), "hawser-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Pages of real runs, as files. */
const files = new Map<string, { readonly url: string; readonly bytes: number }>();

const keep = (name: string, facts: RunFacts | undefined): void => {
  if (facts === undefined) throw new Error(`there are no facts of ${name}`);
  const { html } = reportPage(facts);
  const file = join(folder, `${name}.html`);
  writeFileSync(file, html);
  files.set(name, { url: pathToFileURL(file).href, bytes: Buffer.byteLength(html) });
};

const fileOf = (name: string): { readonly url: string; readonly bytes: number } => {
  const file = files.get(name);
  if (file === undefined) throw new Error(`there is no page of ${name}`);
  return file;
};

const sights: readonly Sight[] = [
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 390, height: 844 },
  { scheme: "dark", width: 390, height: 844 },
];

describe("the page of a run in a browser", () => {
  const browser = browserOfFile();
  const open = (name: string, sight?: Sight): Promise<Shown> => browser().open(fileOf(name).url, sight);

  beforeAll(async () => {
    await using shop = await openShop();
    await ended(shop.engine.deploy({ message: "The sum is asked for every day" }));
    keep("done", await gatherFacts(shop.engine));
    shop.source.add(tree(4), { label: "v1.5.1", message: "Round the sum to cents" });
    breakOn(shop, "web4.shop.example", "000003");
    await ended(shop.engine.deploy({ message: "Sums had too many digits" }));
    keep("put-back", await gatherFacts(shop.engine));
    const many = await deployToMany(200);
    keep("many", await gatherFacts(many.project.engine));
    await many.project[Symbol.asyncDispose]();
    const back = await deployToMany(200, "putBack");
    expect(back.result.outcome).toBe("putBack");
    keep("many put back", await gatherFacts(back.project.engine));
    await back.project[Symbol.asyncDispose]();
    keep("hostile", hostileFacts());
  });

  describe.each(["done", "put-back", "many"])("%s", (name) => {
    it.each(sights)(
      "has nothing that axe complains of, fits, and asks for nothing ($scheme, $width pixels)",
      async (sight) => {
        const { page, complaints, requests } = await open(name, sight);
        expect(await axeProblems(page)).toEqual([]);
        expect(await isTooWide(page)).toBe(false);
        expect([complaints, requests]).toEqual([[], []]);
      },
    );
  });

  it.each(["many", "many put back"])("of 200 instances is under 300 KB: %s", (name) => {
    expect(fileOf(name).bytes).toBeLessThan(300_000);
  });

  it("says all without a script", async () => {
    const { page } = await open("put-back", { script: false });
    const text = await page.textContent("main");
    for (const words of [
      "Failed and put back",
      "web4.shop.example",
      "php8.2-fpm.service failed",
      "wave 2 of 3",
    ])
      expect(text).toContain(words);
    expect(await page.isVisible("#by-name")).toBe(false);
  });

  it("tells the story of an instance to the pointer and to the keyboard alike", async () => {
    const { page } = await open("put-back");
    const row = page.locator("tr", { has: page.getByRole("link", { name: "web4.shop.example" }) });
    const isShown = async (): Promise<boolean> =>
      ((await row.locator(".story").boundingBox())?.height ?? 0) > 20;
    expect(await isShown()).toBe(false);
    await row.hover();
    expect(await isShown()).toBe(true);
    await page.mouse.move(0, 0);
    expect(await isShown()).toBe(false);
    await page.getByRole("link", { name: "web3.shop.example" }).focus();
    await page.keyboard.press("ArrowDown");
    expect(await isShown()).toBe(true);
    await page.keyboard.press("Tab");
    expect(await isShown()).toBe(false);
    // Who reads with the ears has it without either.
    expect(await row.locator(".story").textContent()).toContain("failed");
  });

  it("is reached whole by the Tab key, in the order of the page", async () => {
    const { page } = await open("put-back");
    const reached: string[] = [];
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press("Tab");
      const told = await focused(page);
      if (told === "BODY") break;
      reached.push(told);
    }
    for (const wanted of [
      "A web1.shop.example",
      "A worker1.shop.example",
      "INPUT ",
      "SELECT ",
      "SUMMARY The files",
    ])
      expect(reached.some((told) => told.startsWith(wanted))).toBe(true);
    expect(reached.filter((told) => /^A \w+\.shop\.example$/.test(told))).toHaveLength(8);
  });

  it("finds instances by name and by state", async () => {
    const { page } = await open("many");
    const rows = (): Promise<number> => page.locator("tr[data-s]:visible").count();
    expect(await rows()).toBe(200);
    await page.getByLabel("Name").fill("WORKER1");
    expect(await rows()).toBe(11);
    expect(await page.getByRole("status").textContent()).toBe("11 of 200 shown");
    await page.getByLabel("Name").fill("");
    await page.getByLabel("State").selectOption({ label: "active" });
    expect(await rows()).toBe(200);
  });

  it("runs nothing that instances, commits or commands wrote into it", async () => {
    const { page, complaints, requests } = await open("hostile");
    let asked = false;
    page.on("dialog", () => {
      asked = true;
    });
    await page.getByLabel("Name").fill("<img src=x onerror=alert(1)>");
    await page.locator("tr[data-s]").first().hover();
    expect([asked, complaints, requests]).toEqual([false, [], []]);
    expect(await page.locator("img, script:not([type]), iframe").count()).toBe(1);
  });

  it("is worth a look", async () => {
    const shown = async (
      name: string,
      file: string,
      sight: Sight,
      at?: string,
      over?: string,
    ): Promise<void> => {
      const { page } = await open(name, sight);
      if (at !== undefined) await page.locator(at).evaluate((part) => part.scrollIntoView());
      if (over !== undefined) await page.getByRole("link", { name: over }).hover();
      await takePicture(page, file);
    };
    await shown("done", "report-done", { height: 1000 });
    await shown("put-back", "report-put-back", { height: 1250 });
    await shown("put-back", "report-timeline", { height: 1220 }, "#flow", "web4.shop.example");
    await shown("put-back", "report-put-back-dark", { scheme: "dark", height: 1250 });
    await shown("put-back", "report-narrow", { width: 390, height: 844 }, "#instances");
    await shown("many", "report-200-instances", { height: 1000 }, "#instances");
  });
});

/** What has the focus: its kind and its words. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = (
      globalThis as unknown as { document: { activeElement: { tagName: string; textContent: string } } }
    ).document;
    return activeElement.tagName === "BODY"
      ? "BODY"
      : `${activeElement.tagName} ${activeElement.textContent}`;
  });
