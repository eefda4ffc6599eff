import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { unpackArchive } from "@hawser/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operationContext, readTree, startJenkinsServer, testDirectory } from "../src/index.ts";
import type { JenkinsServer } from "../src/servers/jenkins-server.ts";

const login = { username: "deployer", token: "11c0ffee" };
const authorization = `Basic ${Buffer.from("deployer:11c0ffee").toString("base64")}`;

let server: JenkinsServer;
beforeAll(async () => {
  server = await startJenkinsServer({ login });
  server.addBuild("web/shop", { artifacts: { "dist/a.txt": "0123456789", "b.txt": "b" } });
  server.addBuild("web/shop", { result: "UNSTABLE" });
  server.addBuild("web/shop", { result: "FAILURE" });
  server.addBuild("web/shop", { result: null });
});
afterAll(async () => await server[Symbol.asyncDispose]());

const ask = (path: string, options: RequestInit = {}) =>
  fetch(`${server.url}/job/web/job/shop/${path}`, {
    redirect: "manual",
    ...options,
    headers: { authorization, ...options.headers },
  });

test.each([
  ["lastBuild", 4],
  ["lastCompletedBuild", 3],
  ["lastStableBuild", 1],
  ["lastSuccessfulBuild", 2],
  ["lastUnstableBuild", 2],
  ["lastFailedBuild", 3],
  ["lastUnsuccessfulBuild", 3],
])("the permalink %s is the build %i", async (name, number) => {
  const answer = await ask(`${name}/api/json?tree=number,builds[number]{0,10}`);
  expect(await answer.json()).toEqual({ _class: "hudson.model.FreeStyleBuild", number });
});

test("the fields of a tree are given and no others, with addresses of the wrong root", async () => {
  const answer = await ask("1/api/json?tree=url,artifacts[relativePath]");
  expect(await answer.json()).toEqual({
    _class: "hudson.model.FreeStyleBuild",
    url: "http://jenkins.before-the-move.example/job/web/job/shop/1/",
    artifacts: [{ relativePath: "dist/a.txt" }, { relativePath: "b.txt" }],
  });
  expect((await ask("1/api/json?tree=artifacts[")).status).toBe(400);
});

test("a file is given in parts, a folder is a redirect, and what is missing or climbs is refused", async () => {
  const part = await ask("1/artifact/dist/a.txt", { headers: { range: "bytes=4-" } });
  expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
    206,
    "bytes 4-9/10",
    "456789",
  ]);
  expect((await ask("1/artifact/dist/a.txt", { headers: { range: "bytes=10-" } })).status).toBe(416);
  expect((await ask("1/artifact/dist")).headers.get("location")).toMatch(/\/artifact\/dist\/$/);
  expect((await ask("1/artifact/c.txt")).status).toBe(404);
  // A client of the web would not send this path.
  const socket = connect(server.port, "127.0.0.1");
  socket.end(
    `GET /jenkins/job/web/job/shop/1/artifact/../x HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
  );
  expect(String(await socket.toArray())).toMatch(/^HTTP\/1.1 400 /);
});

test("all files come as a zip without a length, which core reads", async () => {
  const answer = await ask("1/artifact/*zip*/archive.zip");
  expect(answer.headers.get("content-length")).toBeNull();
  const stream = Readable.fromWeb(answer.body as ReadableStream);
  const directory = join(testDirectory(), "tree");
  await mkdir(directory);
  const archive = { stream, format: "zip", stripComponents: 1 } as const;
  await unpackArchive({ archive, directory }, operationContext());
  expect(await readTree(directory)).toEqual({ "dist/a.txt": "0123456789", "b.txt": "b" });
});

test("a job is started with a token only, runs its stages, and its exit code decides", async () => {
  server.defineJob("run", {
    stages: [
      { run: ["sh", "-c", 'echo "$BUILD_NUMBER" > made'], archive: ["made"] },
      { run: ["sh", "-c", 'echo on; test "$BUILD_NUMBER" = 1'] },
      { run: ["sh", "-c", "echo reached"] },
    ],
  });
  const start = (headers: Record<string, string>) =>
    fetch(`${server.url}/job/run/build`, { method: "POST", headers });
  expect((await start({})).status).toBe(403);
  expect((await start({ authorization })).status).toBe(201);
  const first = await server.finished("run", 1);
  expect([first.result, first.log, String(first.artifacts.get("made"))]).toEqual([
    "SUCCESS",
    "on\nreached\n",
    "1\n",
  ]);
  await start({ authorization });
  expect(await server.finished("run", 2)).toMatchObject({ result: "FAILURE", log: "on\n" });
});
