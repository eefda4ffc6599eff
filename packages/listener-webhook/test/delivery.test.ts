import { Secret } from "@hawser/core";
import {
  freePort,
  listenerContext,
  makeServerCertificate,
  runResult,
  startHookServer,
  testDirectory,
} from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { openTrial, path, withTrial } from "./trial.ts";

const context = () => listenerContext({ moments: ["done"] });

/** What a listener says when it could not tell. */
const failure = async (told: Promise<void> | void): Promise<{ code?: string; message: string }> =>
  await Promise.resolve(told).then(
    () => {
      throw new Error("it was told");
    },
    (error) => error,
  );

describe("a webhook", () => {
  it("is posted JSON, with the headers that were given", async () => {
    const { listener, server } = await withTrial({ headers: { Authorization: new Secret("Bearer abcdef") } });
    await listener.on(runResult(), context());
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: "POST",
      path,
      headers: { "content-type": "application/json; charset=utf-8", authorization: "Bearer abcdef" },
    });
    expect(JSON.parse(request?.body ?? "")).toMatchObject({
      moments: ["done"],
      subject: { application: "shop", environment: "production" },
      event: { type: "result", release: "000004" },
    });
  });

  it.each([429, 500, 503])("that answers %i is tried again until it takes it", async (status) => {
    const { listener, server } = await withTrial();
    server.answer({ status }, { status, headers: { "retry-after": "0" } }, { status: 204 });
    await listener.on(runResult(), context());
    expect(server.requests).toHaveLength(3);
    expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1);
  });

  it("that is busy for longer than there is time is given up within it", async () => {
    const { listener, server } = await withTrial({ timeoutMs: 800 });
    server.answer({ status: 503 });
    expect(await failure(listener.on(runResult(), context()))).toMatchObject({ code: "HWS_WEBHOOK_BUSY" });
    expect(server.requests.length).toBeGreaterThan(1);
  });

  it("that wants a longer rest than there is time for is not asked again before it", async () => {
    const { listener, server } = await withTrial({ timeoutMs: 800 });
    server.answer({ status: 429, headers: { "retry-after": "30" } });
    expect(await failure(listener.on(runResult(), context()))).toMatchObject({ code: "HWS_WEBHOOK_BUSY" });
    expect(server.requests).toHaveLength(1);
  });

  it("that hangs is given up when the time is over", async () => {
    const { listener, server } = await withTrial({ timeoutMs: 300 });
    server.answer("hang");
    const { code, message } = await failure(listener.on(runResult(), context()));
    expect(code).toBe("HWS_WEBHOOK_UNREACHABLE");
    expect(message).toContain("300 ms");
  });

  it("that refuses is asked once, and what it says is told without the secret of the URL", async () => {
    const { listener, server } = await withTrial();
    server.answer({ status: 404, body: `Cannot POST ${path}: no very-secret-path here` });
    const { code, message } = await failure(listener.on(runResult(), context()));
    expect(code).toBe("HWS_WEBHOOK_REFUSED");
    expect(message).toContain("Cannot POST");
    expect(message).not.toContain("secret");
    expect(server.requests).toHaveLength(1);
  });

  it.each([301, 302, 307, 308])("that sends elsewhere (%i) is not followed", async (status) => {
    const other = await withTrial();
    const { listener, server } = await withTrial();
    server.answer({ status, headers: { location: `${other.server.origin}/else` } });
    expect(await failure(listener.on(runResult(), context()))).toMatchObject({
      code: "HWS_WEBHOOK_REDIRECT",
    });
    expect(other.server.requests).toEqual([]);
  });

  it("that is not there is told of by its origin alone", async () => {
    const url = new Secret(`http://127.0.0.1:${await freePort("127.0.0.1")}${path}`);
    const { listener } = await withTrial({ url, timeoutMs: 500 });
    const { code, message } = await failure(listener.on(runResult(), context()));
    expect(code).toBe("HWS_WEBHOOK_UNREACHABLE");
    expect(message).not.toContain("secret");
  });

  it("with a certificate that nobody vouches for is told nothing", async () => {
    const certificate = await makeServerCertificate(testDirectory(), "127.0.0.1");
    const server = await startHookServer(certificate);
    const { listener } = await withTrial({}, server);
    expect((await failure(listener.on(runResult(), context()))).message).toContain("is not trusted");
    expect(server.requests).toEqual([]);
    const trusted = await openTrial({ ca: certificate.authority }, server);
    await trusted.listener.on(runResult(), context());
    expect(server.requests).toHaveLength(1);
  });
});

describe("the URL of a webhook", () => {
  it.each([
    ["no URL at all", "HWS_WEBHOOK_URL"],
    ["ftp://files.example.org/hook", "HWS_WEBHOOK_URL"],
    ["https://user:word@hooks.example.org/", "HWS_WEBHOOK_URL"],
    ["http://hooks.example.org/", "HWS_WEBHOOK_PLAINTEXT"],
    ["http://10.0.0.7/hook", "HWS_WEBHOOK_PLAINTEXT"],
    ["http://localhost.example.org/", "HWS_WEBHOOK_PLAINTEXT"],
  ])("%s is refused", async (url, code) => {
    const made = withTrial({ url: new Secret(url) });
    await expect(made).rejects.toMatchObject({ code, message: expect.not.stringContaining("word") });
  });

  it("in the clear is taken where that is allowed", async () => {
    const { listener } = await withTrial({
      url: new Secret("http://hooks.example.org/"),
      allowPlaintext: true,
    });
    expect(listener.on).toBeTypeOf("function");
  });
});
