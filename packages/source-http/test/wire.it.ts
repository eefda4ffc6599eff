import { randomBytes } from "node:crypto";
import { operationContext, startHttpFileServer, startToxicProxy } from "@hawser/testkit";
import { expect, it, onTestFinished } from "vitest";
import { fetched, open, packed, publish, quickContext } from "./trial.ts";

const files = { "app.txt": randomBytes(500_000).toString("hex"), "a/b.txt": "same" };

const start = async () => {
  const server = await startHttpFileServer();
  const proxy = await startToxicProxy({ port: server.port });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const archive = packed(files, ".tar.gz");
  publish(server.directory, "app.tar.gz", archive);
  return { server, proxy, archive, url: `http://127.0.0.1:${proxy.port}/app.tar.gz` };
};

it("moves the bytes of an unchanged artifact once: a later fetch costs two heads", async () => {
  const { server, proxy, archive, url } = await start();
  const context = quickContext();
  expect(await fetched(await open({ url }, context))).toEqual(files);
  const first = proxy.bytes.downstream;
  expect(first).toBeGreaterThan(archive.length);
  // Another source object, as in another process that has the same cache.
  expect(await fetched(await open({ url }, context))).toEqual(files);
  expect(proxy.bytes.downstream - first).toBeLessThan(1_000);
  expect(server.requests().map(({ method }) => method)).toEqual(["HEAD", "HEAD", "GET", "HEAD", "HEAD"]);
});

it("gets an artifact whole from nginx over a line that is cut every 100,000 bytes", async () => {
  const { server, proxy, url } = await start();
  for (const by of ["fin", "rst"] as const) {
    proxy.poison("downstream", { kind: "cut", afterBytes: 100_000, by });
    expect(await fetched(await open({ url }))).toEqual(files);
  }
  const ranges = server.requests().filter(({ range }) => range !== "");
  expect(ranges.length).toBeGreaterThan(5);
  expect(ranges.every(({ status }) => status === 206)).toBe(true);
});

it("goes on after a line that was silent", async () => {
  const { proxy, url } = await start();
  const source = await open({ url });
  let isHealed = false;
  const context = operationContext({
    progress: ({ bytes }) => {
      if (bytes < 50_000 || isHealed) return;
      isHealed = true;
      proxy.poison("downstream", { kind: "blackhole" });
      setTimeout(() => proxy.heal(), 100);
    },
  });
  expect(await fetched(source, undefined, context)).toEqual(files);
  expect(isHealed).toBe(true);
});

it("follows an artifact that is published anew between two fetches", async () => {
  const { server, url } = await start();
  const context = quickContext();
  await fetched(await open({ url }, context));
  publish(server.directory, "app.tar.gz", packed({ next: "state" }, ".tar.gz"));
  expect(await fetched(await open({ url }, context))).toEqual({ next: "state" });
});
