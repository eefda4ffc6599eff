import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Downloads, HttpConnections } from "@hawser/core";
import type { PluginContext } from "@hawser/core/plugin";
import {
  type JenkinsServer,
  operationContext,
  pluginContext,
  startJenkinsServer,
  startToxicProxy,
  type ToxicProxy,
  testDirectory,
} from "@hawser/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deployed, makeSource, packed } from "./trial.ts";

let server: JenkinsServer;
let proxy: ToxicProxy;
beforeEach(async () => {
  server = await startJenkinsServer();
  proxy = await startToxicProxy({ port: server.port });
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const stallMs = 400;

/** One run's context on a cache, with core's own client and downloads, which are less patient here. */
const runOn = (cacheDirectory: string): PluginContext & AsyncDisposable => {
  const http = new HttpConnections({ limits: { stallMs } });
  const downloads = new Downloads(cacheDirectory, { stallMs, baseDelayMs: 5, maxDelayMs: 20 });
  return {
    ...pluginContext({ cacheDirectory, http }),
    download: (request, context) => downloads.download(request, context),
    [Symbol.asyncDispose]: async () => {
      await downloads[Symbol.asyncDispose]();
      await http[Symbol.asyncDispose]();
    },
  };
};

/** One run from the resolve to the tree. */
const run = async (cacheDirectory: string) => {
  await using context = runOn(cacheDirectory);
  const options = { url: `http://127.0.0.1:${proxy.port}/jenkins`, job: "shop" };
  return await deployed(await makeSource(options, context));
};

const parts = (cache: string): readonly string[] =>
  readdirSync(join(cache, "downloads")).filter((name) => name.includes(".part-"));

const noise = randomBytes(300_000).toString("base64");
const shapes: Readonly<Record<string, () => Promise<Readonly<Record<string, string | Buffer>>>>> = {
  "an archive": async () => ({ "shop.tar.gz": await packed("tar.gz", { f: noise, g: "g" }) }),
  "many files": async () => ({ f: noise, g: "g" }),
};

describe.each(Object.keys(shapes))("%s", (shape) => {
  const whole = { f: noise, g: "g" };

  test("costs next to nothing on the wire when the same build is fetched again", async () => {
    server.addBuild("shop", { artifacts: (await shapes[shape]?.()) ?? {} });
    const cache = testDirectory();
    expect(await run(cache)).toEqual(whole);
    const first = proxy.bytes.downstream;
    expect(first).toBeGreaterThan(300_000);
    const asked = server.requests.length;
    expect(await run(cache)).toEqual(whole);
    expect(proxy.bytes.downstream - first).toBeLessThan(2_000);
    const again = server.requests.slice(asked).map(({ url }) => url);
    expect(again.filter((url) => url.includes("/artifact/"))).toEqual([]);
  });

  test.each(["fin", "rst"] as const)(
    "that is cut by %s at any place comes whole or not at all",
    async (by) => {
      server.addBuild("shop", { artifacts: (await shapes[shape]?.()) ?? {} });
      expect(await run(testDirectory())).toEqual(whole);
      const total = proxy.bytes.downstream;
      for (const afterBytes of [0, 1, Math.floor(total / 2), total - 1]) {
        proxy.poison("downstream", { kind: "cut", afterBytes, by });
        const cache = testDirectory();
        const outcome = await run(cache).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ retryable: true });
        else expect(outcome).toEqual(whole);
        if (afterBytes > 1) expect(parts(cache)).toEqual([]);
        proxy.heal();
        expect(await run(cache)).toEqual(whole);
      }
    },
  );

  test("whose server goes silent half way is given up for a while, not for ever", async () => {
    server.addBuild("shop", { artifacts: (await shapes[shape]?.()) ?? {} });
    proxy.poison("downstream", { kind: "cut", afterBytes: 100_000, by: "rst" });
    server.intercept = ({ headers }) => {
      // What goes on after the cut meets silence.
      if (headers.range !== undefined) proxy.poison("downstream", { kind: "blackhole" });
      return false;
    };
    const cache = testDirectory();
    await expect(run(cache)).rejects.toMatchObject({ retryable: true });
    expect(parts(cache)).toEqual([]);
    server.intercept = undefined;
    proxy.heal();
    expect(await run(cache)).toEqual(whole);
  });
});

test("a file that is cut goes on where it stopped", async () => {
  server.addBuild("shop", { artifacts: { f: noise } });
  let cut = false;
  server.intercept = ({ url }, response) => {
    if (cut || url?.includes("/artifact/") !== true) return false;
    cut = true;
    response.writeHead(200, { "content-length": noise.length }).write(noise.slice(0, 150_000));
    setTimeout(() => response.destroy(), 50);
    return true;
  };
  expect(await run(testDirectory())).toEqual({ f: noise });
  const ranges = server.requests.filter(({ url }) => url.includes("/artifact/")).map(({ range }) => range);
  expect(ranges).toEqual(["", expect.stringMatching(/^bytes=1[0-9]{5}-$/)]);
});

test("a server that ignores ranges sends the file again from its beginning", async () => {
  server.addBuild("shop", { artifacts: { f: noise } });
  let turn = 0;
  server.intercept = ({ url }, response) => {
    if (url?.includes("/artifact/") !== true) return false;
    turn += 1;
    response.writeHead(200, { "content-length": noise.length });
    if (turn > 1) response.end(noise);
    else {
      response.write(noise.slice(0, 150_000));
      setTimeout(() => response.destroy(), 50);
    }
    return true;
  };
  expect(await run(testDirectory())).toEqual({ f: noise });
});

test("a server that cannot answer three times is asked again", async () => {
  server.addBuild("shop", { artifacts: { f: "x" } });
  let busy = 3;
  server.intercept = ({ url }, response) => {
    if (url?.includes("/artifact/") !== true || busy === 0) return false;
    busy -= 1;
    return response.writeHead(503).end() !== undefined;
  };
  expect(await run(testDirectory())).toEqual({ f: "x" });
  expect(server.requests.filter(({ url }) => url.includes("/artifact/"))).toHaveLength(4);
});

describe("a server that lies about the length of a file", () => {
  const answerWith = (headers: Readonly<Record<string, string | number>>, body: string): void => {
    server.intercept = ({ url }, response) => {
      if (url?.includes("/artifact/") !== true) return false;
      response.writeHead(200, headers).write(body);
      setTimeout(() => response.destroy(), 20);
      return true;
    };
  };

  test("is not believed when it sends less", async () => {
    server.addBuild("shop", { artifacts: { f: "x" } });
    answerWith({ "content-length": 1000 }, "abc");
    await expect(run(testDirectory())).rejects.toMatchObject({ code: "HWS_HTTP_TRUNCATED" });
  });

  test("is not believed when the archive it sends is shorter than it was", async () => {
    const bytes = await packed("tar.gz", { f: noise });
    server.addBuild("shop", { artifacts: { "shop.tar.gz": bytes } });
    const half = bytes.subarray(0, 1000);
    server.intercept = ({ url }, response) =>
      url?.includes("/artifact/") === true &&
      response.writeHead(200, { "content-length": half.length }).end(half) !== undefined;
    await expect(run(testDirectory())).rejects.toMatchObject({ code: "HWS_ARCHIVE_CORRUPT" });
  });

  test("is not believed when it gives another part than was asked for", async () => {
    server.addBuild("shop", { artifacts: { f: noise } });
    let turn = 0;
    server.intercept = ({ url }, response) => {
      if (url?.includes("/artifact/") !== true) return false;
      turn += 1;
      if (turn > 1)
        response.writeHead(206, { "content-range": `bytes 5-9/${noise.length}` }).end(noise.slice(5, 10));
      else {
        response.writeHead(200, { "content-length": noise.length }).write(noise.slice(0, 150_000));
        setTimeout(() => response.destroy(), 50);
      }
      return true;
    };
    await expect(run(testDirectory())).rejects.toMatchObject({ code: "HWS_JENKINS_ANSWER" });
  });
});

test("a run that is given up stops at once and leaves nothing half-made behind", async () => {
  server.addBuild("shop", { artifacts: { f: noise } });
  const cache = testDirectory();
  await using context = runOn(cache);
  const options = { url: `http://127.0.0.1:${proxy.port}/jenkins`, job: "shop" };
  const source = await makeSource(options, context);
  const revision = await source.resolve({}, operationContext());
  proxy.poison("downstream", { kind: "bandwidth", bytesPerSecond: 20_000 });
  const abort = new AbortController();
  const opening = source.open?.({ revision }, operationContext({ signal: abort.signal }));
  setTimeout(() => abort.abort(new Error("given up")), 200);
  await expect(opening).rejects.toThrow("given up");
  expect(parts(cache)).toEqual([]);
});
