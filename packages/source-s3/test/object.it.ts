import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { Downloads } from "@hawser/core";
import { HawserError, Secret } from "@hawser/core/plugin";
import {
  errorAnswer,
  type FrontAnswer,
  type MinioServer,
  operationContext,
  pluginContext,
  readTree,
  receiveTree,
  startMinio,
  startMinioFront,
  startToxicProxy,
  type Toxic,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { S3SourceOptions } from "../src/index.ts";
import { accessTo, countingContext, hurtFirst, makeSource } from "./trial.ts";

let server: MinioServer;
let bucket: string;
beforeAll(async () => {
  server = await startMinio();
  bucket = await server.createBucket();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const optionsOf = (more: Partial<S3SourceOptions>): S3SourceOptions => ({
  ...accessTo(server),
  bucket,
  ...more,
});

const failureOf = async (options: S3SourceOptions): Promise<HawserError> => {
  const source = await makeSource(options);
  const error: unknown = await source.resolve({}, operationContext()).catch((cause: unknown) => cause);
  if (!HawserError.is(error)) throw new Error(`it was not refused: ${inspect(error)}`);
  return error;
};

/** Bytes that no compression makes less of. */
const noise = (length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let at = 0, seed = 1; at < length; at += 4) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    bytes.writeUInt32LE(seed, at);
  }
  return bytes;
};

test("a second fetch of the same object sends not one request, and gives the same file with mode 644", async () => {
  await server.put(bucket, "kept/shop.jar", noise(100_000));
  const context = countingContext();
  const source = await makeSource(optionsOf({ key: "kept/shop.jar" }), context);
  const revision = await source.resolve({}, operationContext());
  const [first, second] = [testDirectory(), testDirectory()];
  await receiveTree(source, { revision, directory: first }, operationContext());
  const before = context.requests.length;
  await receiveTree(source, { revision, directory: second }, operationContext());
  expect(context.requests.length).toBe(before);
  for (const directory of [first, second]) {
    expect(readFileSync(join(directory, "shop.jar")).equals(noise(100_000))).toBe(true);
    expect(statSync(join(directory, "shop.jar")).mode & 0o777).toBe(0o644);
  }
});

test("an object in a bucket with versions has an exact revision, which stays readable after the next put", async () => {
  const versioned = await server.createBucket({ versioned: true });
  await server.put(versioned, "shop.txt", "one");
  const source = await makeSource(optionsOf({ bucket: versioned, key: "shop.txt" }));
  const one = await source.resolve({}, operationContext());
  await server.put(versioned, "shop.txt", "two");
  const two = await source.resolve({}, operationContext());
  expect([one.exact, two.exact, one.id === two.id]).toEqual([true, true, false]);
  const directory = testDirectory();
  await receiveTree(source, { revision: one, directory }, operationContext());
  expect(await readTree(directory)).toEqual({ "shop.txt": "one" });
  const versionId = one.id.split(":").slice(2).join(":");
  const pinned = await makeSource(optionsOf({ bucket: versioned, key: "shop.txt", versionId }));
  expect(await pinned.resolve({}, operationContext())).toEqual(one);
});

test("a version that was removed for ever is HWS_SOURCE_MOVED", async () => {
  const versioned = await server.createBucket({ versioned: true });
  await server.put(versioned, "shop.txt", "one");
  const source = await makeSource(optionsOf({ bucket: versioned, key: "shop.txt" }));
  const revision = await source.resolve({}, operationContext());
  const versionId = revision.id.split(":").slice(2).join(":");
  await server.call({ method: "DELETE", bucket: versioned, key: "shop.txt", query: { versionId } });
  await expect(
    receiveTree(source, { revision, directory: testDirectory() }, operationContext()),
  ).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
});

test("an object that is written over between the look and the GET is HWS_SOURCE_MOVED", async () => {
  await server.put(bucket, "raced.txt", "one");
  let armed = false;
  await using front = await startMinioFront(server, async ({ method }, answer) => {
    if (armed && method === "HEAD") await server.put(bucket, "raced.txt", "two");
    return answer;
  });
  const source = await makeSource(optionsOf({ ...accessTo(server, front), key: "raced.txt" }));
  const revision = await source.resolve({}, operationContext());
  armed = true;
  const directory = testDirectory();
  await expect(receiveTree(source, { revision, directory }, operationContext())).rejects.toMatchObject({
    code: "HWS_SOURCE_MOVED",
  });
  expect(readdirSync(directory)).toEqual([]);
  expect(front.requests.at(-1)?.headers["if-match"]).toMatch(/^"[0-9a-f]{32}"$/);
});

test.each<[string, (length: number) => Toxic]>([
  ["cut before the first byte", () => ({ kind: "cut", afterBytes: 0, by: "fin" })],
  ["cut after one byte", () => ({ kind: "cut", afterBytes: 1, by: "rst" })],
  ["cut in the middle", (length) => ({ kind: "cut", afterBytes: length / 2, by: "rst" })],
  ["cut in the middle, in peace", (length) => ({ kind: "cut", afterBytes: length / 2, by: "fin" })],
  ["cut before the last byte", (length) => ({ kind: "cut", afterBytes: length - 1, by: "fin" })],
  ["silent", () => ({ kind: "blackhole" })],
])("a download that is %s goes on where it stopped", async (_, toxic) => {
  const [body, key] = [noise(2_000_000), `hurt-${randomUUID()}.jar`];
  await server.put(bucket, key, body);
  await using proxy = await startToxicProxy({ port: server.port });
  await using downloads = new Downloads(testDirectory(), { baseDelayMs: 1 });
  const context = pluginContext({
    http: hurtFirst(proxy, key, toxic(body.length)),
    download: (request, operation) => downloads.download(request, operation),
  });
  const source = await makeSource(optionsOf({ ...accessTo(server, proxy), key }), context);
  const revision = await source.resolve({}, operationContext());
  const [directory, before] = [testDirectory(), proxy.bytes.downstream];
  await receiveTree(source, { revision, directory }, operationContext());
  expect(readFileSync(join(directory, key)).equals(body)).toBe(true);
  // What had arrived is not sent again, but for what was still on its way between the streams.
  expect(proxy.bytes.downstream - before).toBeLessThan(body.length + 500_000);
});

test("an aborted download stops at once and leaves nothing", async () => {
  await server.put(bucket, "slow.jar", noise(500_000));
  await using proxy = await startToxicProxy({ port: server.port });
  const context = countingContext();
  const source = await makeSource(optionsOf({ ...accessTo(server, proxy), key: "slow.jar" }), context);
  const revision = await source.resolve({}, operationContext());
  proxy.poison("downstream", { kind: "bandwidth", bytesPerSecond: 20_000 });
  const giveUp = new AbortController();
  const directory = testDirectory();
  const fetched = receiveTree(
    source,
    { revision, directory },
    operationContext({
      signal: giveUp.signal,
      progress: ({ bytes }) => {
        if (bytes > 1000) giveUp.abort(new Error("given up"));
      },
    }),
  );
  await expect(fetched).rejects.toThrow("given up");
  expect(readdirSync(directory)).toEqual([]);
});

test("a missing object, bucket and store are told apart", async () => {
  expect((await failureOf(optionsOf({ key: "nowhere.jar" }))).code).toBe("HWS_S3_NO_OBJECT");
  expect((await failureOf(optionsOf({ bucket: "no-such-bucket-1", key: "a.jar" }))).code).toBe(
    "HWS_S3_NO_BUCKET",
  );
  await using proxy = await startToxicProxy({ port: server.port });
  proxy.refuse();
  expect(await failureOf(optionsOf({ ...accessTo(server, proxy), key: "a.jar" }))).toMatchObject({
    code: "HWS_HTTP_UNREACHABLE",
    retryable: true,
  });
});

test("refused credentials are HWS_S3_AUTH, a user without the right HWS_S3_DENIED, and both tell no secret", async () => {
  await server.put(bucket, "open/a.jar", "a");
  const login = await server.createUser([
    { Effect: "Allow", Action: ["s3:GetObject"], Resource: [`arn:aws:s3:::${bucket}/open/*`] },
  ]);
  const limited = { ...accessTo(server, { login }), bucket };
  const wrong = new Secret("wr0ng-5e4d3c2b1a");
  const sessionToken = new Secret("t0ken-9f8e7d6c5b");
  const cases: readonly (readonly [string, S3SourceOptions])[] = [
    ["HWS_S3_AUTH", { ...limited, key: "open/a.jar", secretAccessKey: wrong }],
    ["HWS_S3_AUTH", { ...limited, key: "open/a.jar", accessKeyId: "nobody" }],
    ["HWS_S3_AUTH", { ...limited, key: "open/a.jar", sessionToken }],
    ["HWS_S3_DENIED", { ...limited, key: "closed/a.jar" }],
    ["HWS_S3_DENIED", { ...limited, prefix: "closed/" }],
  ];
  for (const [code, options] of cases) {
    const error = await failureOf(options);
    expect(error, inspect(error)).toMatchObject({ code, retryable: false });
    for (const secret of [login.secretAccessKey, wrong.reveal(), sessionToken.reveal()])
      expect(inspect(error, { depth: 20 })).not.toContain(secret);
  }
  const source = await makeSource({ ...limited, key: "open/a.jar" });
  expect((await source.resolve({}, operationContext())).label).toBe("a.jar");
});

test("credentials come from the environment when none are given", async () => {
  await server.put(bucket, "env.jar", "a");
  const { endpoint } = accessTo(server);
  vi.stubEnv("AWS_ACCESS_KEY_ID", server.login.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.login.secretAccessKey);
  const source = await makeSource({ endpoint: endpoint ?? "", bucket, key: "env.jar" });
  expect((await source.resolve({}, operationContext())).label).toBe("env.jar");
});

test("no credentials anywhere is HWS_S3_CREDENTIALS, and no region HWS_S3_OPTION", async () => {
  const { endpoint, ...login } = accessTo(server);
  for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "/dev/null");
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  expect((await failureOf({ endpoint: endpoint ?? "", bucket, key: "a.jar" })).code).toBe(
    "HWS_S3_CREDENTIALS",
  );
  expect(await failureOf({ ...login, bucket, key: "a.jar" })).toMatchObject({
    code: "HWS_S3_OPTION",
    message: expect.stringContaining("option region"),
  });
});

test("a clock that is an hour off is HWS_S3_CLOCK", async () => {
  await server.put(bucket, "clock.jar", "a");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  expect((await failureOf(optionsOf({ key: "clock.jar" }))).code).toBe("HWS_S3_CLOCK");
});

test("a certificate of an unknown authority is refused, one of the given authority is not", async () => {
  await using secured = await startMinio({ tls: true });
  const own = await secured.createBucket();
  await secured.put(own, "a.jar", "a");
  const options = { ...accessTo(secured), bucket: own, key: "a.jar" };
  expect((await failureOf(options)).code).toBe("HWS_HTTP_CERTIFICATE");
  const source = await makeSource({ ...options, ca: secured.authority ?? "" });
  expect((await source.resolve({}, operationContext())).label).toBe("a.jar");
  expect((await failureOf({ ...options, ca: "/no/such/file" })).code).toBe("HWS_S3_OPTION");
});

test.each<[string, boolean, FrontAnswer]>([
  ["HWS_S3_BUSY", true, errorAnswer(503, "SlowDown")],
  ["HWS_S3_BUSY", true, errorAnswer(500, "InternalError")],
  ["HWS_S3_BUSY", true, { status: 502, body: "<html>Bad gateway</html>" }],
  ["HWS_S3_REGION", false, errorAnswer(301, "PermanentRedirect", "<Region>eu-west-1</Region>")],
  ["HWS_S3_REGION", false, { status: 301, headers: { "x-amz-bucket-region": "eu-west-1" }, body: "" }],
  ["HWS_S3_REGION", false, errorAnswer(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")],
  ["HWS_S3_ARCHIVED", false, errorAnswer(403, "InvalidObjectState")],
  [
    "HWS_S3_ANSWER",
    false,
    { status: 200, headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" },
  ],
  ["HWS_S3_ANSWER", false, errorAnswer(501, "NotImplemented")],
])("a store that answers otherwise is %s, to be tried again: %s", async (code, retryable, answer) => {
  await using front = await startMinioFront(server, () => answer);
  const error = await failureOf(optionsOf({ ...accessTo(server, front), key: "a.jar" }));
  expect(error, inspect(error)).toMatchObject({ code, retryable });
  if (code === "HWS_S3_REGION") expect(error.hint).toContain("eu-west-1");
  expect(front.requests.length).toBeLessThanOrEqual(2);
});

test("a redirect to another host is HWS_S3_REGION, and the signature does not go there", async () => {
  await using other = await startMinioFront(server, (_, answer) => answer);
  const location = `http://127.0.0.1:${other.port}/${bucket}/a.jar`;
  await using front = await startMinioFront(server, () => ({ status: 307, headers: { location }, body: "" }));
  expect((await failureOf(optionsOf({ ...accessTo(server, front), key: "a.jar" }))).code).toBe(
    "HWS_S3_REGION",
  );
  for (const { headers } of other.requests) expect(headers.authorization).toBeUndefined();
});

test("a store that does not know ranges gives the whole object again", async () => {
  const [body, key] = [noise(600_000), "plain.jar"];
  await server.put(bucket, key, body);
  await using front = await startMinioFront(server, ({ method }, answer) => {
    if (method !== "GET") return answer;
    const { "content-range": _, ...headers } = answer.headers ?? {};
    return { status: 200, headers, body };
  });
  await using proxy = await startToxicProxy({ port: front.port });
  const cut: Toxic = { kind: "cut", afterBytes: 300_000, by: "rst" };
  const context = pluginContext({ http: hurtFirst(proxy, key, cut) });
  const source = await makeSource(optionsOf({ ...accessTo(server, proxy), key }), context);
  const revision = await source.resolve({}, operationContext());
  const directory = testDirectory();
  await receiveTree(source, { revision, directory }, operationContext());
  expect(readFileSync(join(directory, key)).equals(body)).toBe(true);
  expect(front.requests.map(({ headers }) => headers.range !== undefined)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

test("a store that does not know If-Match and answers with another object is HWS_SOURCE_MOVED", async () => {
  await server.put(bucket, "unmatched.jar", "one");
  await using front = await startMinioFront(server, ({ method }, answer) => {
    if (method !== "GET") return answer;
    return { ...answer, headers: { ...answer.headers, etag: '"another"' }, body: "two" };
  });
  const source = await makeSource(optionsOf({ ...accessTo(server, front), key: "unmatched.jar" }));
  const revision = await source.resolve({}, operationContext());
  await expect(
    receiveTree(source, { revision, directory: testDirectory() }, operationContext()),
  ).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
});
