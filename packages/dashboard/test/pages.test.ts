import { setTimeout as sleep } from "node:timers/promises";
import { createEngine } from "@hawser/core";
import type { Storage } from "@hawser/core/plugin";
import type { MemoryStorage } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { ending, given, openProject, type Project } from "../../core/test/engine/fixtures/project.ts";
import { openTwoEnvironments } from "../../core/test/engine/fixtures/two-environments.ts";
import { ask } from "./asking.ts";
import { served } from "./served.ts";

/** Two releases, the second one in service. */
const twoReleases = async (options: Parameters<typeof openProject>[0] = {}): Promise<Project> => {
  const project = await openProject(options);
  expect(ending(await project.engine.deploy({ message: "the first" }).result)).toBe("0 done");
  project.source.add({ "index.html": "two", "new.html": "new" }, { label: "v2" });
  expect(ending(await project.engine.deploy({ message: "the second" }).result)).toBe("0 done");
  return project;
};

const textOf = (page: string): string => page.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

const page = async (url: string, target: string): Promise<string> => {
  const { status, text } = await ask(url, target);
  expect([target, status]).toEqual([target, 200]);
  return text;
};

/** A storage of which nothing can be written, and how often somebody tried. */
const readOnly = (storage: Storage): { readonly storage: Storage; tries(): number } => {
  let tries = 0;
  const refuse = () => {
    tries += 1;
    return Promise.reject(new Error("these credentials can only read"));
  };
  const reader: Storage = {
    get: (...args) => storage.get(...args),
    stat: (...args) => storage.stat(...args),
    list: (...args) => storage.list(...args),
    put: refuse,
    delete: refuse,
  };
  return { storage: reader, tries: () => tries };
};

describe("the pages of a dashboard", () => {
  it("show environments, releases, history, runs and differences", async () => {
    const { engine } = await twoReleases();
    const { url } = await served({ engine });
    const home = textOf(await page(url, "/"));
    for (const words of ["top level", "In service", "000002", "v2", "2 active"])
      expect(home).toContain(words);
    const environment = await page(url, "/top");
    for (const words of ["the second", "web1", "web2", "healthy", "in service", "000001 → 000002"])
      expect(textOf(environment)).toContain(words);
    expect(environment).toContain('<a href="/top/runs/000002">000002</a>');
    const run = textOf(await page(url, "/top/runs/000002"));
    for (const words of ["deploy 000002", "Done", "000001", "web2"]) expect(run).toContain(words);
    expect(await page(url, "/top/runs/000002/ground.css")).toContain(".bar{");
    const diff = textOf(await page(url, "/top/diff?from=000001&to=000002"));
    for (const words of ["new.html", "index.html", "added", "changed"]) expect(diff).toContain(words);
    expect(textOf(await page(url, "/top/runs/999999"))).toContain("Nothing is kept of a run of this id");
    expect(textOf(await page(url, "/top/diff?from=000001&to=000009"))).toContain("000009");
  });

  it("write nothing to storage, whatever is asked of them", async () => {
    const project = await twoReleases();
    const reader = readOnly(project.storage);
    const engine = await project.engineWith({ storage: given("storage", reader.storage) });
    const { url } = await served({ engine });
    for (const target of ["/", "/top", "/top/runs/000002", "/top/diff?from=000001&to=000002"])
      await page(url, target);
    expect((await ask(url, "/top?look=now")).status).toBe(303);
    await expect.poll(async () => textOf(await page(url, "/top"))).toContain("Every instance was asked");
    expect(reader.tries()).toBe(0);
    expect(textOf(await page(url, "/top"))).not.toContain("No answer");
  });

  it("show what anybody wrote as text", async () => {
    const hostile = `<img src=x onerror=alert(1)>"'\`&amp;`;
    const project = await openProject();
    await project.engine.deploy().result;
    project.source.add({ "index.html": "two" }, { label: hostile, message: hostile });
    await project.engine.deploy({ message: hostile }).result;
    await project.engine.hold({ reason: hostile });
    await project.engine.pin({ release: "000001", reason: hostile });
    await project.engine.drain({ instances: ["web1"], reason: `${hostile} \u202e` }).result;
    const { url } = await served({ engine: project.engine });
    for (const target of ["/", "/top", "/top/runs/000002", "/top/diff?from=000001&to=000002"]) {
      const text = await page(url, target);
      expect(text).not.toContain("<img");
      expect(text).not.toContain("\u202e");
    }
    expect(await page(url, "/top")).toContain("&lt;img src=x onerror=alert(1)&gt;");
  });

  it("show the rest when the storage of one environment is down, and say so on its card", async () => {
    const { engine, production } = await openTwoEnvironments();
    await engine.deploy({ environment: "staging" }).result;
    await engine.deploy({ environment: "production", from: "staging" }).result;
    const { url } = await served({ engine });
    expect(textOf(await page(url, "/"))).not.toContain("Storage does not answer");
    (production as MemoryStorage).get = () => Promise.reject(new Error("no route to storage"));
    await expect
      .poll(async () => textOf(await page(url, "/")), { timeout: 15_000 })
      .toContain("Storage does not answer");
    const home = await page(url, "/");
    const [, staging = "", down = ""] = home.split('<section class="card');
    expect(textOf(staging)).toContain("In service");
    // What was known stays, and says how old it is.
    for (const words of ["no route to storage", "What is shown is as of", "000001"])
      expect(textOf(down)).toContain(words);
    expect(textOf(await page(url, "/environments/staging"))).toContain("In service");
  });

  it("show the rest when the config of one environment is wrong", async () => {
    const { config } = await openProject();
    const engine = await createEngine({
      ...config,
      environments: { good: {}, bad: { rollout: { waves: "many" } as never } },
    });
    const { url } = await served({ engine });
    const home = textOf(await page(url, "/"));
    expect(home).toContain("Nothing deployed yet");
    expect(home).toContain("The config is wrong");
  });

  it("show the environments that were named alone", async () => {
    const { engine } = await openTwoEnvironments();
    const { url } = await served({ engine, environments: ["production"] });
    expect(textOf(await page(url, "/"))).not.toContain("staging");
    expect((await ask(url, "/environments/staging")).status).toBe(404);
  });

  it("say that the config is no longer the one that they show", async () => {
    const { engine } = await openProject();
    const { url } = await served({ engine, configChanged: async () => true });
    expect(textOf(await page(url, "/"))).toContain("The config has changed");
  });

  it("tell nobody of what failed inside, but the log", async () => {
    const said: string[] = [];
    const broken = {
      environments: async () => ["a"],
      overview: async () => ({ runs: "none of the contract" }),
      releases: async () => [],
      history: async () => [],
    };
    const { url } = await served({
      engine: broken as never,
      logger: { debug: () => {}, info: () => {}, warn: (message) => said.push(message) },
    });
    const { status, text } = await ask(url, "/environments/a");
    expect([status, text]).toEqual([500, "This page could not be made.\n"]);
    expect(said).toEqual([expect.stringContaining("a page could not be made")]);
  });
});

describe("a live look at the instances", () => {
  it("is begun by a person, once for all, and shown where a reload asks nobody again", async () => {
    const { engine, balancer } = await twoReleases();
    const { url } = await served({ engine });
    expect(textOf(await page(url, "/top"))).toContain("Ask every instance now");
    expect(textOf(await page(url, "/top"))).not.toContain("Every instance was asked");
    await balancer.ensure(
      { instance: { id: "web2" } as never, state: "out" } as never,
      { signal: new AbortController().signal } as never,
    );
    const { status, headers } = await ask(url, "/top?look=now");
    expect([status, headers.location]).toEqual([303, "/top"]);
    await expect.poll(async () => textOf(await page(url, "/top"))).toContain("Every instance was asked");
    expect(textOf(await page(url, "/top"))).toMatch(/web2 web active 000002 out/);
  });

  it("is not begun by a link on another site, nor by HEAD, nor where nobody may look", async () => {
    const { engine } = await twoReleases();
    const { url } = await served({ engine });
    const headers = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    expect((await ask(url, "/top?look=now", { headers })).status).toBe(200);
    expect((await ask(url, "/top?look=now", { method: "HEAD" })).status).toBe(200);
    const blind = await served({ engine, look: false });
    expect((await ask(blind.url, "/top?look=now")).status).toBe(200);
    expect(textOf(await page(blind.url, "/top"))).not.toContain("Ask every instance");
    await sleep(50);
    expect(textOf(await page(url, "/top"))).not.toContain("is being asked");
  });
});
