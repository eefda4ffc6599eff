import { inspect } from "node:util";
import { Secret } from "@hawser/core/plugin";
import {
  type JenkinsServer,
  operationContext,
  startArtifactStore,
  startJenkinsServer,
} from "@hawser/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JenkinsSourceOptions } from "../src/index.ts";
import { deployed, makeSource, optionsFor } from "./trial.ts";

const login = { username: "deployer", token: "11c0ffee5ec7e700deadbeef" };
const loggedIn = { username: login.username, token: new Secret(login.token) };

let server: JenkinsServer;
beforeEach(async () => {
  server = await startJenkinsServer({ login });
});
afterEach(async () => await server[Symbol.asyncDispose]());

const sourceOf = (more: Partial<JenkinsSourceOptions> = {}) =>
  makeSource(optionsFor(server, { ...loggedIn, ...more }));

/** Artifacts are answered by the test itself. */
const answerArtifacts = (
  answer: (url: string, response: import("node:http").ServerResponse) => void,
): void => {
  server.intercept = ({ url = "" }, response) => {
    if (!url.includes("/artifact/")) return false;
    answer(url, response);
    return true;
  };
};

describe("options", () => {
  test.each([
    ["../../etc"],
    [".."],
    ["."],
    ["a/../b"],
    ["%2e%2e/b"],
    ["a/%2E/b"],
    ["a?x"],
    ["a#x"],
    ["a\\b"],
    ["a//b"],
    ["/a"],
    ["a/"],
    [""],
    ["a\nb"],
    ["a\u0000b"],
    ["a%zzb"],
    ["a;b"],
    ["*zip*"],
    ["\ud800"],
  ])("the job %j is refused before anything is sent", async (job) => {
    await expect(sourceOf({ job })).rejects.toMatchObject({ code: "HWS_JENKINS_OPTION" });
    expect(server.requests).toEqual([]);
  });

  test.each([
    ["ftp://jenkins.example"],
    ["file:///etc/passwd"],
    ["jenkins.example"],
    ["https://user:secret@jenkins.example"],
    ["https://jenkins.example/?x"],
    ["https://jenkins.example/#x"],
  ])("the url %j is refused", async (url) => {
    const error = await sourceOf({ url }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "HWS_JENKINS_OPTION" });
    expect(inspect(error)).not.toContain("secret");
  });

  test.each([["../x"], ["a//b"], ["/a"], [".."]])("the pattern %j is refused", async (artifacts) => {
    await expect(sourceOf({ artifacts })).rejects.toMatchObject({ code: "HWS_JENKINS_OPTION" });
  });

  test("a user without a token, and a token without a user, are refused", async () => {
    const { username, token } = loggedIn;
    await expect(makeSource(optionsFor(server, { username }))).rejects.toThrow("option token");
    await expect(makeSource(optionsFor(server, { token }))).rejects.toThrow("option username");
  });
});

describe("a listing", () => {
  test.each([
    ["../../etc/cron.d/x"],
    ["a/../b"],
    ["/etc/passwd"],
    ["a//b"],
    ["a\\..\\b"],
    ["a\u0000b"],
    ["a\nb"],
    ["\ud800"],
    ["*zip*"],
    ["x".repeat(4000)],
  ])("with %j is refused before any file is asked for", async (path) => {
    server.addBuild("web/shop", { artifacts: { good: "x", [path]: "y" } });
    const source = await sourceOf();
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
      code: "HWS_JENKINS_ARTIFACT_NAME",
    });
    expect(server.requests.filter(({ url }) => url.includes("/artifact/"))).toEqual([]);
  });

  test("with names that mean something in a URL asks for exactly those names", async () => {
    const artifacts = { "%2e%2e/x": "1", "a?b": "2", "c#d": "3", "e f": "4", é: "5", "g&h=i;j": "6" };
    server.addBuild("web/shop", { artifacts });
    expect(await deployed(await sourceOf())).toEqual(artifacts);
    expect(server.requests.map(({ url }) => url)).toContain(
      "/jenkins/job/web/job/shop/1/artifact/%252e%252e/x",
    );
  });

  test("with names that are reserved is refused by core's reader, and so is what an archive holds", async () => {
    server.addBuild("web/shop", { artifacts: { ".hawser/owner": "x", f: "y" } });
    await expect(deployed(await sourceOf())).rejects.toMatchObject({ code: "HWS_ARCHIVE_RESERVED" });
    server.addBuild("web/shop", { artifacts: { "a.zip": "not a zip" } });
    await expect(deployed(await sourceOf())).rejects.toMatchObject({ code: "HWS_ARCHIVE_CORRUPT" });
  });
});

describe("answers", () => {
  const good = {
    number: 1,
    timestamp: 5,
    building: false,
    result: "SUCCESS",
    artifacts: [{ relativePath: "f" }],
  };
  const json = { "content-type": "application/json" };

  test.each<[string, string, object, string]>([
    ["no JSON", "{", json, "HWS_JENKINS_ANSWER"],
    ["a list", "[]", json, "HWS_JENKINS_ANSWER"],
    ["null", "null", json, "HWS_JENKINS_ANSWER"],
    ["no time", JSON.stringify({ ...good, timestamp: undefined }), json, "HWS_JENKINS_ANSWER"],
    ["a number that is text", JSON.stringify({ ...good, number: "1" }), json, "HWS_JENKINS_ANSWER"],
    ["another build", JSON.stringify({ ...good, number: 2 }), json, "HWS_JENKINS_ANSWER"],
    [
      "a result that is an order",
      JSON.stringify({ ...good, result: "\u001b[2J" }),
      json,
      "HWS_JENKINS_ANSWER",
    ],
    [
      "paths that are numbers",
      JSON.stringify({ ...good, artifacts: [{ relativePath: 1 }] }),
      json,
      "HWS_JENKINS_ANSWER",
    ],
    ["a page", "<html>", { "content-type": "text/html" }, "HWS_JENKINS_AUTH"],
    ["endless JSON", `"${"x".repeat(17 << 20)}"`, json, "HWS_JENKINS_ANSWER"],
  ])("of %s are refused", async (_, body, headers, code) => {
    server.intercept = (_request, response) =>
      response.writeHead(200, { ...headers }).end(body) !== undefined;
    const source = await sourceOf();
    await expect(source.resolve({ ref: "1" }, operationContext())).rejects.toMatchObject({ code });
  });

  test("of a server that is no Jenkins are told so", async () => {
    server.intercept = (_request, response) => {
      response.removeHeader("x-jenkins");
      response.writeHead(200, { "content-type": "text/html" }).end("<html>");
      return true;
    };
    await expect((await sourceOf()).resolve({}, operationContext())).rejects.toMatchObject({
      code: "HWS_JENKINS_ANSWER",
    });
  });

  test("that encode a file are refused", async () => {
    server.addBuild("web/shop", { artifacts: { f: "x" } });
    answerArtifacts((_url, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("x"));
    await expect(deployed(await sourceOf())).rejects.toMatchObject({ code: "HWS_JENKINS_ANSWER" });
  });
});

describe("redirects", () => {
  test("to the store of artifacts are followed without the token", async () => {
    await using store = await startArtifactStore();
    server.artifactOrigin = store.origin;
    server.addBuild("web/shop", { artifacts: { "a b.txt": "from the store" } });
    store.files.set("/1/a b.txt", Buffer.from("from the store"));
    expect(await deployed(await sourceOf())).toEqual({ "a b.txt": "from the store" });
    expect(store.authorizations).toEqual([""]);
  });

  test.each([
    ["file:///etc/passwd", "HWS_HTTP_REDIRECT_SCHEME"],
    ["gopher://127.0.0.1/", "HWS_HTTP_REDIRECT_SCHEME"],
    ["ftp://127.0.0.1/f", "HWS_HTTP_REDIRECT_SCHEME"],
  ])("to %s are refused", async (location, code) => {
    server.addBuild("web/shop", { artifacts: { f: "x" } });
    answerArtifacts((_url, response) => response.writeHead(302, { location }).end());
    await expect(deployed(await sourceOf())).rejects.toMatchObject({ code });
  });

  test("in a circle end", async () => {
    server.addBuild("web/shop", { artifacts: { f: "x" } });
    answerArtifacts((url, response) => response.writeHead(302, { location: url }).end());
    await expect(deployed(await sourceOf())).rejects.toMatchObject({ code: "HWS_HTTP_REDIRECT_LIMIT" });
  });

  test("from https to http are refused, and the other server is not asked", async () => {
    await using secure = await startJenkinsServer({ login, tls: true });
    await using store = await startArtifactStore();
    secure.artifactOrigin = store.origin;
    secure.addBuild("web/shop", { artifacts: { f: "x" } });
    const source = await makeSource(optionsFor(secure, { ...loggedIn, ca: secure.authority }));
    await expect(deployed(source)).rejects.toMatchObject({ code: "HWS_HTTP_REDIRECT_DOWNGRADE" });
    expect(store.authorizations).toEqual([]);
  });
});

test("the token goes to Jenkins alone, and is in no URL, error, log line or revision", async () => {
  server.addBuild("web/shop", { artifacts: { f: "x" } });
  const context = operationContext();
  const source = await sourceOf();
  const revision = await source.resolve({}, context);
  const failures = [];
  for (const status of [401, 403, 500, 418]) {
    server.intercept = (_request, response) => response.writeHead(status).end(login.token) !== undefined;
    failures.push(await source.resolve({}, context).catch((error: unknown) => error));
  }
  const told = inspect([context.lines, revision, failures], { depth: 9 });
  const basic = Buffer.from(`${login.username}:${login.token}`).toString("base64");
  for (const form of [login.token, basic]) {
    expect(told).not.toContain(form);
    expect(server.requests.map(({ url }) => url).join()).not.toContain(form);
  }
  expect(server.requests.every(({ authorization }) => authorization === `Basic ${basic}`)).toBe(true);
});
