import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { inspect } from "node:util";
import { HawserError, Secret } from "@hawser/core/plugin";
import {
  errorAnswer,
  type FrontChange,
  type FrontRequest,
  freePort,
  type MinioServer,
  operationContext,
  type S3Login,
  startMinio,
  startMinioFront,
  startToxicProxy,
  type Toxic,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { S3StorageOptions } from "../src/index.ts";
import { S3Storage } from "../src/s3-storage.ts";

let server: MinioServer;
let bucket: string;
beforeAll(async () => {
  server = await startMinio();
  bucket = await server.createBucket();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const open = (
  more: Partial<S3StorageOptions> = {},
  { login = server.login, port = server.port }: { readonly login?: S3Login; readonly port?: number } = {},
): S3Storage =>
  new S3Storage({
    bucket,
    endpoint: `http://127.0.0.1:${port}`,
    accessKeyId: login.accessKeyId,
    secretAccessKey: new Secret(login.secretAccessKey),
    ...more,
  });

const context = operationContext();

const completed = "<CompleteMultipartUploadResult><ETag>&quot;0&quot;</ETag></CompleteMultipartUploadResult>";

const put = (storage: S3Storage, key: string, text: string, ifMatch?: string) =>
  storage.put(
    {
      key,
      body: Buffer.from(text),
      sizeBytes: text.length,
      ...(ifMatch === undefined ? { ifAbsent: true } : { ifMatch }),
    },
    context,
  );

const failureOf = async (call: Promise<unknown>): Promise<HawserError> => {
  const error: unknown = await call.catch((cause: unknown) => cause);
  if (!HawserError.is(error)) throw new Error(`it was not refused: ${inspect(error)}`);
  return error;
};

test.each<[string, Partial<S3StorageOptions>]>([
  ["bucket", { bucket: "a/b" }],
  ["prefix", { prefix: "../other" }],
  ["prefix", { prefix: "a//b" }],
  ["region", { region: "evil.example/#" }],
  ["endpoint", { endpoint: "https://user:pass@127.0.0.1" }],
  ["endpoint", { endpoint: "ftp://127.0.0.1" }],
  ["kmsKeyId", { sse: "AES256", kmsKeyId: "key-1" }],
  ["kmsKeyId", { sse: "aws:kms", kmsKeyId: "key 1\n" }],
  [
    "sessionToken",
    { accessKeyId: undefined, secretAccessKey: undefined, sessionToken: new Secret("t") } as never,
  ],
])("an impossible %s is refused when the storage is made", (option, wrong) => {
  expect(() => open(wrong)).toThrow(
    expect.objectContaining({ code: "HWS_S3_OPTION", message: expect.stringContaining(option) }),
  );
});

test("two storages of one bucket with different prefixes do not see each other", async () => {
  const own = await server.createBucket();
  const [one, two] = [open({ bucket: own, prefix: "one" }), open({ bucket: own, prefix: "two/" })];
  await put(one, "app/a", "1");
  await put(two, "app/a", "2");
  await server.put(own, "one/not a key", "somebody else's");
  const keys: string[] = [];
  for await (const { key } of one.list({ prefix: "" }, context)) keys.push(key);
  expect(keys).toEqual(["app/a"]);
  expect((await buffer((await two.get({ key: "app/a" }, context)).stream)).toString()).toBe("2");
});

test("a user who may only read reads, and is HWS_S3_DENIED for the rest", async () => {
  await put(open(), "read/a", "1");
  const arn = `arn:aws:s3:::${bucket}`;
  const login = await server.createUser([
    { Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${arn}/*`] },
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [arn] },
  ]);
  const storage = open({}, { login });
  const { stream, etag } = await storage.get({ key: "read/a" }, context);
  expect((await buffer(stream)).toString()).toBe("1");
  const refused = [
    () => put(storage, "read/b", "2"),
    () => put(storage, "read/a", "2", etag),
    () => storage.delete({ key: "read/a" }, context),
  ];
  for (const call of refused) expect((await failureOf(call())).code).toBe("HWS_S3_DENIED");
  expect(await storage.check(context)).toMatchObject([{ code: "HWS_S3_DENIED" }]);
  expect((await open().stat({ key: "read/a" }, context))?.etag).toBe(etag);
});

test("refused credentials, a missing bucket and a silent port are told apart, without a secret", async () => {
  const wrong = "wr0ng-5e4d3c2b1a";
  const cases: readonly (readonly [string, boolean, S3Storage])[] = [
    ["HWS_S3_AUTH", false, open({ secretAccessKey: new Secret(wrong) })],
    ["HWS_S3_AUTH", false, open({ sessionToken: new Secret(wrong) })],
    ["HWS_S3_NO_BUCKET", false, open({ bucket: "no-such-bucket-1" })],
    ["HWS_S3_UNREACHABLE", true, open({}, { port: await freePort("127.0.0.1") })],
  ];
  for (const [code, retryable, storage] of cases) {
    const error = await failureOf(put(storage, "app/a", "1"));
    expect(error, inspect(error)).toMatchObject({ code, retryable });
    expect(inspect(error, { depth: 20 })).not.toContain(wrong);
    expect(inspect(error, { depth: 20 })).not.toContain(server.login.secretAccessKey);
    expect(await storage.check(context)).toMatchObject([{ code }]);
  }
});

test("a certificate of an unknown authority is refused, one of the given authority is not", async () => {
  await using secured = await startMinio({ tls: true });
  const { login, endpoint, authority = "" } = secured;
  const options = { bucket: await secured.createBucket(), endpoint };
  const error = await failureOf(put(open(options, { login }), "app/a", "1"));
  expect(error, inspect(error)).toMatchObject({ code: "HWS_S3_CERTIFICATE" });
  expect((await put(open({ ...options, ca: authority }, { login }), "app/a", "1")).sizeBytes).toBe(1);
});

test.each<[string, Toxic]>([
  ["one byte", { kind: "cut", afterBytes: 1, by: "rst" }],
  ["the half", { kind: "cut", afterBytes: 100_000, by: "rst" }],
  ["the half, in peace", { kind: "cut", afterBytes: 100_000, by: "fin" }],
  ["all but the last byte", { kind: "cut", afterBytes: 200_000, by: "fin" }],
])("an object of which only %s arrives never ends in peace", async (_, toxic) => {
  const key = `cut/${Math.random().toString(36).slice(2)}`;
  await put(open(), key, "x".repeat(200_000));
  await using proxy = await startToxicProxy({ port: server.port });
  proxy.poison("downstream", toxic);
  const storage = open({}, { port: proxy.port });
  const reading = storage.get({ key }, context).then(({ stream }) => buffer(stream));
  expect(await failureOf(reading)).toMatchObject({ retryable: true });
});

test("a put whose answer is lost is retryable, and the object is there whole", async () => {
  await using proxy = await startToxicProxy({ port: server.port });
  const storage = open({}, { port: proxy.port });
  expect(await storage.check(context)).toEqual([]);
  proxy.poison("downstream", { kind: "cut", afterBytes: 0, by: "rst" });
  const error = await failureOf(put(storage, "lost/a", "stored"));
  expect(error, inspect(error)).toMatchObject({ code: "HWS_S3_UNREACHABLE", retryable: true });
  expect((await buffer((await open().get({ key: "lost/a" }, context)).stream)).toString()).toBe("stored");
});

test("a put that is cut on its way stores nothing", async () => {
  await using proxy = await startToxicProxy({ port: server.port });
  proxy.poison("upstream", { kind: "cut", afterBytes: 500_000, by: "fin" });
  const body = Readable.from([Buffer.alloc(1_000_000)]);
  const sent = open({}, { port: proxy.port }).put({ key: "half/a", body, sizeBytes: 1_000_000 }, context);
  expect(await failureOf(sent)).toMatchObject({ retryable: true });
  expect(await open().stat({ key: "half/a" }, context)).toBeUndefined();
});

const deaf =
  (isDeaf: (request: FrontRequest) => boolean): FrontChange =>
  (request, answer) =>
    isDeaf(request) && answer.status === 412
      ? { status: 200, headers: { etag: '"00000000000000000000000000000000"' }, body: "" }
      : answer;

test("a store that takes conditional writes for plain ones is a problem, and is written to by no condition", async () => {
  await using front = await startMinioFront(
    server,
    deaf(({ method }) => method === "PUT"),
  );
  const storage = open({}, front);
  expect(await storage.check(context)).toMatchObject([{ code: "HWS_S3_NO_CONDITIONS" }]);
  await put(open(), "deaf/b", "1");
  for (const [key, ifMatch] of [["deaf/a"], ["deaf/b", '"0"']] as const)
    expect(await failureOf(put(open({}, front), key, "2", ifMatch))).toMatchObject({
      code: "HWS_S3_NO_CONDITIONS",
      retryable: false,
    });
  expect(await open().stat({ key: "deaf/a" }, context)).toBeUndefined();
});

test("a store that forgets the condition of a multipart upload gets long bodies by a single put", async () => {
  const forgetful: FrontChange = ({ method }, answer) =>
    method === "POST" && answer.status === 412
      ? { status: 200, body: completed, headers: { "content-type": "application/xml" } }
      : answer;
  await using front = await startMinioFront(server, forgetful);
  const storage = open({}, front);
  expect(await storage.check(context)).toEqual([]);
  const long = (from: S3Storage, letter: string) => {
    const body = Readable.from([Buffer.alloc(9_000_000, letter)]);
    return from.put({ key: "forgetful/long", body, sizeBytes: 9_000_000, ifAbsent: true }, context);
  };
  await long(storage, "a");
  expect((await failureOf(long(storage, "b"))).code).toBe("HWS_STORAGE_CONFLICT");
  expect((await buffer((await open().get({ key: "forgetful/long" }, context)).stream))[0]).toBe(97);
  const asked = front.requests.filter(({ method, url }) => method === "POST" && url.includes("forgetful/"));
  expect(asked).toEqual([]);
});

test.each([
  ["HWS_S3_BUSY", true, errorAnswer(503, "SlowDown")],
  ["HWS_S3_BUSY", true, errorAnswer(409, "ConditionalRequestConflict")],
  ["HWS_S3_REGION", false, errorAnswer(301, "PermanentRedirect")],
  ["HWS_S3_ANSWER", false, errorAnswer(501, "NotImplemented")],
])("a store that answers otherwise is %s, to be tried again: %s", async (code, retryable, answer) => {
  await using front = await startMinioFront(server, () => answer);
  const error = await failureOf(put(open({}, front), "app/other", "1"));
  expect(error, inspect(error)).toMatchObject({ code, retryable });
});

test.each([
  ["repeats itself", "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"],
  ["does not say how it goes on", "<IsTruncated>true</IsTruncated>"],
])("a listing that %s is HWS_S3_LISTING", async (_, more) => {
  const contents = "<Contents><Key>app/a</Key><Size>1</Size></Contents>";
  const body = `<?xml version="1.0"?><ListBucketResult>${more}${contents}</ListBucketResult>`;
  const headers = { "content-type": "application/xml" };
  await using front = await startMinioFront(server, () => ({ status: 200, headers, body }));
  const listing = (async () => {
    for await (const _ of open({}, front).list({ prefix: "app/" }, context));
  })();
  expect((await failureOf(listing)).code).toBe("HWS_S3_LISTING");
});

test.each<[string, Partial<S3StorageOptions>, object]>([
  ["keys of its own", { sse: "AES256" }, { "x-amz-server-side-encryption": "AES256" }],
  [
    "a key of its key service",
    { sse: "aws:kms", kmsKeyId: "key-1" },
    {
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:key-1",
    },
  ],
])("objects are encrypted at rest with %s, short and long ones", async (_, sse, headers) => {
  await using secure = await startMinio({ encryption: true });
  const own = await secure.createBucket();
  const storage = open({ bucket: own, ...sse }, secure);
  await put(storage, "short", "1");
  await storage.put(
    { key: "long", body: Buffer.alloc(9_000_000), sizeBytes: 9_000_000, ifAbsent: true },
    context,
  );
  for (const key of ["short", "long"])
    expect((await secure.call({ method: "HEAD", bucket: own, key })).headers).toMatchObject(headers);
  expect((await buffer((await storage.get({ key: "long" }, context)).stream)).length).toBe(9_000_000);
  expect(await storage.check(context)).toEqual([]);
});

test("a URL reads its own object without credentials, and nothing else", async () => {
  await put(open({ prefix: "signed" }), "a/b-1.tar", "1");
  await put(open({ prefix: "signed" }), "a/c", "2");
  const { url } = await open({ prefix: "signed" }).presignGet(
    { key: "a/b-1.tar", expiresMs: 60_000 },
    context,
  );
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/.*X-Amz-Expires=60/);
  expect(url).not.toContain(server.login.secretAccessKey);
  expect(await (await fetch(url)).text()).toBe("1");
  expect((await fetch(url.replace("b-1.tar", "c"))).status).toBe(403);
  expect((await fetch(url, { method: "PUT", body: "3" })).status).toBe(403);
});

test.each([0, -1, 999, 7 * 24 * 3_600_000 + 1, Number.NaN])(
  "a URL for %d ms is HWS_S3_EXPIRY",
  async (expiresMs) => {
    expect((await failureOf(open().presignGet({ key: "a", expiresMs }, context))).code).toBe("HWS_S3_EXPIRY");
  },
);

test("an object that was damaged at rest or on its way never ends in peace", async () => {
  await put(open(), "damaged/a", "stored as this");
  await using front = await startMinioFront(server, ({ method }, answer) =>
    method === "GET" ? { ...answer, body: "stored as that" } : answer,
  );
  const reading = open({}, front)
    .get({ key: "damaged/a" }, context)
    .then(({ stream }) => buffer(stream));
  expect(await failureOf(reading)).toMatchObject({ code: "HWS_S3_DAMAGED", retryable: true });
});

test("nothing is written to the console, also when a body breaks", async () => {
  const spies = [vi.spyOn(console, "warn"), vi.spyOn(console, "error"), vi.spyOn(console, "log")];
  const body = Readable.from([Buffer.from("too long")]);
  await failureOf(open().put({ key: "app/long", body, sizeBytes: 3 }, context));
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
});
