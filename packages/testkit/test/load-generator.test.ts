import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type LoadResult, type LoadSetup, startLoad } from "../src/servers/load-generator.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const good: RequestListener = (_, response) => {
  response.setHeader("x-release", "r1");
  response.end("good");
};

/** Every third request is answered by `bad`, the others well. */
const everyThird = (bad: RequestListener): RequestListener => {
  let requests = 0;
  return (request, response) => (++requests % 3 === 0 ? bad : good)(request, response);
};

const loadOn = async (listener: RequestListener, setup: Partial<LoadSetup> = {}): Promise<LoadResult> => {
  let seen = 0;
  let enough: () => void = () => {};
  const sixty = new Promise<void>((resolve) => {
    enough = resolve;
  });
  server = createServer((request, response) => {
    listener(request, response);
    if (++seen === 60) enough();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await using load = startLoad({ url: `http://127.0.0.1:${port}/`, timeoutMs: 500, ...setup });
  await load.flowing;
  await sixty;
  return await load.stop();
};

describe("the load", () => {
  it("counts what went well by release, on kept connections and on new ones", async () => {
    const result = await loadOn(good);
    expect(result).toMatchObject({ failed: 0, reconnected: 0, errors: [] });
    expect(result.requests).toBeGreaterThanOrEqual(60);
    expect(result.byRelease).toEqual({ r1: result.requests });
    expect(result.p99).toBeGreaterThanOrEqual(result.p50);
  });

  it.each<[string, RequestListener, RegExp]>([
    ["a status other than 2xx", (_, response) => response.writeHead(503).end(), /^[0-9]+ x status 503$/],
    [
      "a short body",
      (_, response) => {
        response.writeHead(200, { "content-length": 100 });
        response.write("short", () => response.destroy());
      },
      /in the body|short body/,
    ],
    ["a connection that ends without an answer", (_, response) => void response.destroy(), /ECONNRESET/],
    ["silence", () => {}, /timeout/],
  ])("counts %s as failed", async (_, bad, error) => {
    const result = await loadOn(everyThird(bad), { keepAlive: "never" });
    expect(result.failed).toBeGreaterThanOrEqual(10);
    expect(result.failed).toBeLessThan(result.requests / 2);
    expect(result.errors).toEqual([expect.stringMatching(error)]);
  });

  it("counts an answer that the validation refuses as failed", async () => {
    const result = await loadOn(
      everyThird((_, response) => void response.end("bad")),
      { validate: ({ body }) => (body === "good" ? undefined : `body ${body}`) },
    );
    expect(result.failed).toBeGreaterThanOrEqual(19);
    expect(result.errors).toEqual([`${result.failed} x body bad`]);
  });

  it("counts apart a request sent again because its kept connection had been closed", async () => {
    const result = await loadOn(
      everyThird((request, response) => {
        if (request.headers.connection === "keep-alive") request.socket.destroy();
        else good(request, response);
      }),
      { keepAlive: "always", concurrency: 1 },
    );
    expect(result.reconnected).toBeGreaterThan(0);
  });

  it("tells which release answered in which period", async () => {
    let release = "r1";
    server = createServer((_, response) => {
      response.setHeader("x-release", release);
      response.end("good");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await using load = startLoad({ url: `http://127.0.0.1:${port}/`, concurrency: 2 });
    await load.period("before");
    await load.flowing;
    release = "r2";
    await (await load.period("after")).answered;
    const { byPeriod, byRelease, requests } = await load.stop();
    const after = byPeriod.filter(({ from }) => from === "after");
    expect(after.map((each) => [each.to, Object.keys(each.byRelease)])).toEqual([["after", ["r2"]]]);
    expect(byPeriod.some(({ from, byRelease: { r1 } }) => from !== "after" && r1 !== undefined)).toBe(true);
    expect((byRelease.r1 ?? 0) + (byRelease.r2 ?? 0)).toBe(requests);
  });

  it("sends no faster than its rate", async () => {
    const result = await loadOn(good, { rate: 200, concurrency: 2 });
    expect(result.failed).toBe(0);
  });
});
