import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

/** How a page is looked at. */
export interface Sight {
  /** Default light. */
  readonly scheme?: "light" | "dark";
  /** Pixels. Default 1280 by 900; a telephone has 390. */
  readonly width?: number;
  readonly height?: number;
  /** Default true. */
  readonly script?: boolean;
}

/** A page in a browser, and what it complained of: requests that failed or were refused, errors, what its policy forbade. */
export interface Shown {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** The addresses that it asked for beside its own. */
  readonly requests: readonly string[];
}

/** A headless Chromium for the tests of one file. */
export class TestBrowser {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    return new TestBrowser(browser);
  }

  /** Opens an address, `file:` or `http:`. */
  async open(url: string, sight: Sight = {}): Promise<Shown> {
    const { scheme = "light", width = 1280, height = 900, script = true } = sight;
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      javaScriptEnabled: script,
      locale: "en-GB",
      timezoneId: "UTC",
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("requestfailed", (request) =>
      complaints.push(`${request.url()}: ${request.failure()?.errorText}`),
    );
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("data:")) requests.push(request.url());
    });
    await page.goto(url, { waitUntil: "load" });
    return { page, complaints, requests };
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    await this.#browser.close();
  }
}

/** One browser for all tests of this file. */
export const browserOfFile = (): (() => TestBrowser) => {
  let browser: TestBrowser | undefined;
  beforeAll(async () => {
    browser = await TestBrowser.start();
  });
  afterAll(async () => await browser?.close());
  return () => {
    if (browser === undefined) throw new Error("the browser is there once tests run");
    return browser;
  };
};

interface AxeResult {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds wrong with a page as it is shown now; nothing is what a test wants. */
export const axeProblems = async (page: Page): Promise<string[]> => {
  // As the page's own policy forbids scripts of others, the text is evaluated from outside.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async (): Promise<readonly AxeResult[]> => {
    const { axe: inPage } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: readonly AxeResult[] }> };
    };
    return (await inPage.run({ resultTypes: ["violations"] })).violations;
  });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${impact} ${id}: ${html}\n${failureSummary}`),
  );
};

/** Whether something is wider than the window: then a reader has to scroll sideways. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const { documentElement: root } = (
      globalThis as unknown as {
        document: { documentElement: { scrollWidth: number; clientWidth: number } };
      }
    ).document;
    return root.scrollWidth > root.clientWidth;
  });
