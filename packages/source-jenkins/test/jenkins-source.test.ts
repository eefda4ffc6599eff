import { Secret } from "@hawser/core/plugin";
import {
  type JenkinsServer,
  operationContext,
  readTree,
  receiveTree,
  startJenkinsServer,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployed, makeSource, optionsFor, packed } from "./trial.ts";

let server: JenkinsServer;
beforeAll(async () => {
  server = await startJenkinsServer();
  server.addBuild("web/shop", { artifacts: { "a.txt": "1" } });
  server.addBuild("web/shop", { artifacts: { "a.txt": "2" } });
  server.addBuild("web/shop", { artifacts: { "a.txt": "3" }, result: "UNSTABLE" });
  server.addBuild("web/shop", { artifacts: { "a.txt": "4" }, result: "FAILURE" });
  server.addBuild("web/shop", { artifacts: { "a.txt": "5" }, result: "ABORTED" });
  server.addBuild("web/shop", { artifacts: { "a.txt": "6" }, result: null });
});
afterAll(async () => await server[Symbol.asyncDispose]());

const code = (value: string) => ({ code: value });

describe("which build", () => {
  test.each([
    ["the last stable one by default", {}, undefined, "2"],
    ["the last successful one, which may be unstable", { build: "lastSuccessful" }, undefined, "3"],
    ["a number of the options", { build: 1 }, undefined, "1"],
    ["a ref before the options", { build: 1 }, "2", "2"],
    ["a ref that is a permalink", { build: 1 }, "lastSuccessful", "3"],
    ["a ref that is a permalink with its whole name", {}, "lastStableBuild", "2"],
    ["an unstable one by its number", {}, "3", "3"],
    ["a running one where that is wanted", { running: true }, "6", "6"],
  ] as const)("is %s", async (_, options, ref, text) => {
    expect(await deployed(await makeSource(optionsFor(server, options)), ref)).toEqual({ "a.txt": text });
  });

  test.each([
    ["4", "HWS_JENKINS_FAILED", /ended as FAILURE/],
    ["5", "HWS_JENKINS_FAILED", /ended as ABORTED/],
    ["lastFailed", "HWS_JENKINS_FAILED", /#4/],
    ["6", "HWS_JENKINS_RUNNING", /web\/shop #6 still runs/],
    ["last", "HWS_JENKINS_RUNNING", /#6/],
    ["7", "HWS_SOURCE_REF_NOT_FOUND", /no build 7/],
  ])("%s is refused with %s", async (ref, wanted, message) => {
    const source = await makeSource(optionsFor(server));
    const error = await source.resolve({ ref }, operationContext()).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: wanted, message: expect.stringMatching(message), retryable: false });
    expect((error as { hint: string }).hint).not.toBe("");
  });

  test("an unstable one is taken with a warning", async () => {
    const context = operationContext();
    await (await makeSource(optionsFor(server))).resolve({ ref: "3" }, context);
    expect(context.lines).toMatchObject([{ level: "warn", message: "web/shop #3 is unstable" }]);
  });

  test("is a number from the resolve on, wherever the permalink goes meanwhile", async () => {
    const source = await makeSource({ url: server.url, job: "moving" });
    server.addBuild("moving", { artifacts: { f: "first" } });
    const revision = await source.resolve({}, operationContext());
    server.addBuild("moving", { artifacts: { f: "second" } });
    const before = server.requests.length;
    const directory = testDirectory();
    await receiveTree(source, { revision, directory }, operationContext());
    expect(await readTree(directory)).toEqual({ f: "first" });
    const urls = server.requests.slice(before).map(({ url }) => url.split("?")[0]);
    expect(urls).toEqual(["/jenkins/job/moving/1/api/json", "/jenkins/job/moving/1/artifact/f"]);
  });
});

describe("a revision", () => {
  test("is the number and the time, with what the build tells, and the address that is asked", async () => {
    await using own = await startJenkinsServer({ rootUrl: "https://wrong.example/ci" });
    own.addBuild("web/shop", {
      artifacts: { f: "x" },
      number: 42,
      timestamp: 1_700_000_123_456,
      commit: "9fceb02d0ae598e95dc970b74767f19372d61af8",
      changes: [
        { commitId: "1111111", msg: "Older", author: "Other" },
        { commitId: "9fceb02", msg: "Sell more\n\nMuch more.", author: "Ann \u001b[31mAuthor" },
      ],
    });
    expect(await (await makeSource(optionsFor(own))).resolve({}, operationContext())).toEqual({
      id: "42-1700000123456",
      exact: true,
      label: "web/shop #42 (9fceb02d0ae5)",
      url: `${own.url}/job/web/job/shop/42/`,
      author: "Ann [31mAuthor",
      message: "Sell more",
      time: 1_700_000_123,
    });
  });

  test("of a running build is not exact, and has changed when the build has archived more", async () => {
    const build = server.addBuild("growing", { artifacts: { a: "1" }, result: null });
    const source = await makeSource({ url: server.url, job: "growing", running: true });
    const revision = await source.resolve({ ref: "1" }, operationContext());
    expect(revision.exact).toBe(false);
    build.artifacts.set("b", Buffer.from("2"));
    await expect(source.open?.({ revision }, operationContext())).rejects.toMatchObject(
      code("HWS_SOURCE_MOVED"),
    );
    const next = await source.resolve({ ref: "1" }, operationContext());
    build.result = "SUCCESS";
    await expect(source.open?.({ revision: next }, operationContext())).rejects.toMatchObject(
      code("HWS_SOURCE_MOVED"),
    );
  });

  test.each<[string, (own: JenkinsServer) => void]>([
    ["the build was discarded", (own) => own.removeBuild("web/shop", 1)],
    [
      "another build has its number",
      (own) => {
        own.removeBuild("web/shop", 1);
        own.addBuild("web/shop", { number: 1, timestamp: 5, artifacts: { f: "x" } });
      },
    ],
    [
      "an artifact is gone",
      (own) => {
        own.intercept = ({ url }, response) =>
          url?.includes("/artifact/") === true && response.writeHead(404).end() !== undefined;
      },
    ],
  ])("has moved when %s", async (_, happen) => {
    await using own = await startJenkinsServer();
    own.addBuild("web/shop", { artifacts: { f: "x" } });
    const source = await makeSource(optionsFor(own));
    const revision = await source.resolve({}, operationContext());
    happen(own);
    await expect(source.open?.({ revision }, operationContext())).rejects.toMatchObject(
      code("HWS_SOURCE_MOVED"),
    );
  });
});

describe("the tree", () => {
  const tree = { "index.html": "hello", "deep/er/a.txt": "a" };

  test("is that of the only file when it is an archive", async () => {
    for (const format of ["tar", "tar.gz", "zip"] as const) {
      const job = `archive-${format.replace(".", "-")}`;
      server.addBuild(job, { artifacts: { [`dist/shop.${format}`]: await packed(format, tree) } });
      expect(await deployed(await makeSource({ url: server.url, job }))).toEqual(tree);
    }
  });

  test("is that of the only archive that fits, where there are other files", async () => {
    const artifacts = { "dist/shop.tgz": await packed("tar.gz", tree), "report.html": "fine" };
    server.addBuild("one-fits", { artifacts });
    const options = { url: server.url, job: "one-fits" };
    expect(await deployed(await makeSource({ ...options, artifacts: "dist/*.tgz" }))).toEqual(tree);
    expect(Object.keys(await deployed(await makeSource(options)))).toEqual(["dist/shop.tgz", "report.html"]);
  });

  test("is the only file when it is no archive, and the files at their paths when there are several", async () => {
    const artifacts = {
      "bin/shop": "program",
      "etc/shop.conf": "",
      "Ünïcode/日本 x.txt": "u",
      "a?b#c%d.txt": "q",
    };
    server.addBuild("several", { artifacts });
    const options = { url: server.url, job: "several" };
    expect(await deployed(await makeSource(options))).toEqual(artifacts);
    expect(await deployed(await makeSource({ ...options, artifacts: "bin/*" }))).toEqual({
      "bin/shop": "program",
    });
    const stripped = await makeSource({ ...options, artifacts: "**/shop*", stripComponents: 1 });
    expect(await deployed(stripped)).toEqual({ shop: "program", "shop.conf": "" });
  });

  test.each([
    ["*", ["a.txt"]],
    ["**/*.txt", ["a.txt", "d/b.txt", "d/e/c.txt"]],
    ["d/**", ["d/b.txt", "d/e/c.txt", "d/x.log"]],
    ["d/?.*", ["d/b.txt", "d/x.log"]],
    ["d/*/*", ["d/e/c.txt"]],
  ])("holds what fits %s", async (artifacts, paths) => {
    const files = { "a.txt": "", "d/b.txt": "", "d/e/c.txt": "", "d/x.log": "" };
    await using own = await startJenkinsServer();
    own.addBuild("web/shop", { artifacts: files });
    const tree = await deployed(await makeSource(optionsFor(own, { artifacts })));
    expect(Object.keys(tree)).toEqual(paths);
  });

  test("is refused where there is nothing for it", async () => {
    server.addBuild("bare", { artifacts: {} });
    server.addBuild("bare", { artifacts: { "a.log": "" } });
    const source = await makeSource({ url: server.url, job: "bare", artifacts: "*.zip" });
    const resolve = (ref: string) => source.resolve({ ref }, operationContext());
    await expect(resolve("1")).rejects.toThrow("bare #1 has archived nothing");
    await expect(resolve("2")).rejects.toThrow("bare #2 has archived 1 file, and none fits *.zip");
  });

  test("is only given when its files have the fingerprints that the build recorded", async () => {
    server.addBuild("printed", {
      artifacts: { "a.txt": "right", "b/a.txt": "other" },
      fingerprints: true,
    });
    const source = await makeSource({ url: server.url, job: "printed" });
    expect(await deployed(source)).toEqual({ "a.txt": "right", "b/a.txt": "other" });
    const fresh = await makeSource({ url: server.url, job: "printed" });
    server.intercept = ({ url }, response) =>
      url?.endsWith("/artifact/a.txt") === true && response.writeHead(200).end("wrong") !== undefined;
    try {
      await expect(deployed(fresh)).rejects.toMatchObject({
        code: "HWS_JENKINS_FINGERPRINT",
        message: expect.stringContaining(`"a.txt"`),
      });
    } finally {
      server.intercept = undefined;
    }
  });
});

describe("a job", () => {
  test("in folders, and a branch of a multibranch job, is asked for with every part encoded by itself", async () => {
    server.addBuild("team a/shop/feature%2Fx", { artifacts: { f: "branch" } });
    const source = await makeSource({ url: `${server.url}/`, job: "team a/shop/feature%2Fx" });
    expect(await deployed(source)).toEqual({ f: "branch" });
    expect(server.requests.at(-1)?.url).toBe("/jenkins/job/team%20a/job/shop/job/feature%252Fx/1/artifact/f");
  });

  test("of a Jenkins at the top of its host, over TLS of an own authority", async () => {
    await using own = await startJenkinsServer({ contextPath: "", tls: true });
    own.addBuild("shop", { artifacts: { f: "tls" } });
    const options = { url: own.url, job: "shop" };
    expect(await deployed(await makeSource({ ...options, ca: own.authority }))).toEqual({ f: "tls" });
    await expect(deployed(await makeSource(options))).rejects.toMatchObject(code("HWS_HTTP_CERTIFICATE"));
    const ca = `${testDirectory()}/none.pem`;
    await expect(deployed(await makeSource({ ...options, ca }))).rejects.toMatchObject(
      code("HWS_JENKINS_OPTION"),
    );
  });
});

describe("what Jenkins refuses", () => {
  const login = { username: "deployer", token: "11c0ffee5ec7e7" };
  let closed: JenkinsServer;
  beforeAll(async () => {
    closed = await startJenkinsServer({ login });
    closed.addBuild("web/shop", { artifacts: { f: "x" } });
    closed.addBuild("web/hidden", { artifacts: { f: "x" } });
    closed.addBuild("web/denied", { artifacts: { f: "x" } });
    closed.hidden.add("web/hidden");
    closed.denied.add("web/denied");
  });
  afterAll(async () => await closed[Symbol.asyncDispose]());

  const loggedIn = { username: login.username, token: new Secret(login.token) };
  const failure = async (more: object) =>
    await (await makeSource(optionsFor(closed, more)))
      .resolve({}, operationContext())
      .catch((error: unknown) => error);

  test("a job that may not be discovered is told as one that is not there, with both mends", async () => {
    const error = await failure({ ...loggedIn, job: "web/hidden" });
    expect(error).toMatchObject({
      code: "HWS_JENKINS_NO_JOB",
      hint: expect.stringContaining("Job/Discover"),
    });
    expect(await failure({ ...loggedIn, job: "web/absent" })).toMatchObject(code("HWS_JENKINS_NO_JOB"));
  });

  test("a job that may not be read is told with the user and the permission", async () => {
    expect(await failure({ ...loggedIn, job: "web/denied" })).toMatchObject({
      code: "HWS_JENKINS_DENIED",
      message: expect.stringMatching(/not open to deployer: it takes hudson.model.Item.Read/),
    });
  });

  test("a wrong token, none, and a page instead of an answer are told as a login that is wanted", async () => {
    const wrong = { username: login.username, token: new Secret("wrong") };
    expect(await failure(wrong)).toMatchObject({ ...code("HWS_JENKINS_AUTH"), retryable: false });
    expect(await failure({})).toMatchObject(code("HWS_JENKINS_AUTH"));
    closed.loginPage = true;
    expect(await failure({})).toMatchObject(code("HWS_JENKINS_AUTH"));
  });

  test("a login page is never taken for a file", async () => {
    const source = await makeSource(optionsFor(closed, loggedIn));
    const revision = await source.resolve({}, operationContext());
    closed.intercept = ({ url }, response) =>
      url?.includes("/artifact/") === true &&
      response.writeHead(302, { location: "/jenkins/login?from=x" }).end() !== undefined;
    await expect(source.open?.({ revision }, operationContext())).rejects.toMatchObject(
      code("HWS_JENKINS_AUTH"),
    );
    closed.intercept = undefined;
  });

  test("a Jenkins that starts is tried again by the engine", async () => {
    const source = await makeSource(optionsFor(closed, loggedIn));
    closed.starting = 3;
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
        code: "HWS_JENKINS_UNAVAILABLE",
        retryable: true,
      });
    }
    expect((await source.resolve({}, operationContext())).id).toMatch(/^1-/);
  });

  test("is a problem for doctor", async () => {
    const source = await makeSource(optionsFor(closed, { job: "web/absent", ...loggedIn }));
    expect(await source.check?.(operationContext())).toMatchObject([
      { code: "HWS_JENKINS_NO_JOB", severity: "error", where: "source" },
    ]);
  });
});
