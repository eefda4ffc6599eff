import { randomBytes, randomUUID } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ClientRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { inspect } from "node:util";
import { FileBody, HawserError, Secret } from "@hawser/core/plugin";
import {
  errorAnswer,
  type FrontRefusal,
  type MinioServer,
  operationContext,
  startMinio,
  startMinioFront,
  startToxicProxy,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
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

const context = operationContext();
const body = randomBytes(30_000_000);

const open = (port = server.port): S3Storage =>
  new S3Storage({
    bucket,
    endpoint: `http://127.0.0.1:${port}`,
    accessKeyId: server.login.accessKeyId,
    secretAccessKey: new Secret(server.login.secretAccessKey),
  });

const freshKey = (): string => `long/${randomUUID()}`;

const put = (storage: S3Storage, key: string, from: Readable = Readable.from([body])) =>
  storage.put({ key, body: from, sizeBytes: body.length, ifAbsent: true }, context);

/** The uploads of a key that were begun and are neither whole nor taken back. MinIO lists them by the whole key. */
const openUploads = async (key: string): Promise<number> => {
  const answer = await server.call({ method: "GET", bucket, query: { uploads: "", prefix: key } });
  return answer.body.toString().split("<Upload>").length - 1;
};

const failureOf = async (call: Promise<unknown>): Promise<HawserError> => {
  const error: unknown = await call.catch((cause: unknown) => cause);
  if (!HawserError.is(error)) throw new Error(`it was not refused: ${inspect(error)}`);
  return error;
};

const untouched = async (key: string): Promise<void> => {
  expect(await open().stat({ key }, context)).toBeUndefined();
  expect(await openUploads(key)).toBe(0);
};

test("an upload under way is listed, so that the tests below can see one that was left", async () => {
  const key = freshKey();
  await server.call({ method: "POST", bucket, key, query: { uploads: "" } });
  expect(await openUploads(key)).toBe(1);
});

test("the digest that was known before is kept beside the object, and its length is the body's", async () => {
  const key = freshKey();
  const sha256 = "ab".repeat(32);
  await open().put({ key, body, sizeBytes: body.length, sha256 }, context);
  const { headers } = await server.call({ method: "HEAD", bucket, key });
  expect(headers).toMatchObject({ "x-amz-meta-hawser-sha256": sha256, "content-length": "30000000" });
});

test.each([
  ["over TLS goes unsigned", true, "UNSIGNED-PAYLOAD"],
  ["over a plain line is signed with its digest", false, /^[0-9a-f]{64}$/],
])("a part %s", async (_, tls, digest) => {
  await using own = await startMinio({ tls });
  const digests: unknown[] = [];
  const hear = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    if (request.path.includes("partNumber=")) digests.push(request.getHeader("x-amz-content-sha256"));
  };
  subscribe("http.client.request.start", hear);
  const storage = new S3Storage({
    bucket: await own.createBucket(),
    endpoint: own.endpoint,
    accessKeyId: own.login.accessKeyId,
    secretAccessKey: new Secret(own.login.secretAccessKey),
    ...(own.authority !== undefined && { ca: own.authority }),
  });
  await storage.put({ key: "long", body, sizeBytes: body.length }, context);
  unsubscribe("http.client.request.start", hear);
  expect(digests).toHaveLength(4);
  for (const seen of digests) expect(seen).toMatch(digest);
  expect((await buffer((await storage.get({ key: "long" }, context)).stream)).equals(body)).toBe(true);
});

test.each([
  ["fails", (chunk: Buffer) => Readable.from(failing(chunk)), "the source is gone"],
  ["is cut", (chunk: Buffer) => Readable.from([chunk]), "were promised"],
  ["is too long", () => Readable.from([body, body]), "were promised"],
])("a body that %s leaves neither the object nor a part", async (_, from, message) => {
  const key = freshKey();
  await expect(put(open(), key, from(body.subarray(0, 20_000_000)))).rejects.toThrow(message);
  await untouched(key);
});

test.each([
  ["as long as promised", 0, undefined],
  ["shorter", -1, "HWS_STORAGE_TRUNCATED"],
  ["longer", 1, "HWS_STORAGE_TRUNCATED"],
])("a file that is %s is stored whole or not at all", async (_, more, code) => {
  const key = freshKey();
  const folder = await mkdtemp(join(tmpdir(), "long-"));
  const path = join(folder, "file");
  await writeFile(path, Buffer.concat([body, Buffer.alloc(1)]).subarray(0, body.length + more));
  const sent = open().put({ key, body: new FileBody(path), sizeBytes: body.length, ifAbsent: true }, context);
  if (code === undefined) {
    await sent;
    expect((await buffer((await open().get({ key }, context)).stream)).equals(body)).toBe(true);
  } else {
    expect((await failureOf(sent)).code).toBe(code);
    await untouched(key);
  }
  await rm(folder, { recursive: true });
});

test("a file that its check refuses, or that is missing, leaves neither the object nor a part", async () => {
  const folder = await mkdtemp(join(tmpdir(), "long-"));
  const path = join(folder, "file");
  await writeFile(path, body);
  const refuse = () => {
    throw new Error("not those bytes");
  };
  const refused = new FileBody(path).checkedBy({ take: () => {}, end: refuse });
  for (const [from, message] of [
    [refused, "not those bytes"],
    [new FileBody(join(folder, "missing")), "ENOENT"],
  ] as const) {
    const key = freshKey();
    await expect(put(open(), key, from)).rejects.toThrow(message);
    await untouched(key);
  }
  await rm(folder, { recursive: true });
});

test("parts that go to AWS itself carry a checksum, which the store proves", async () => {
  const checksums: unknown[] = [];
  const hear = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    if (request.path.includes("partNumber=")) checksums.push(request.getHeader("x-amz-checksum-crc32"));
  };
  subscribe("http.client.request.start", hear);
  vi.stubEnv("AWS_ENDPOINT_URL_S3", server.endpoint);
  const { accessKeyId, secretAccessKey } = server.login;
  const storage = new S3Storage({
    bucket,
    region: "us-east-1",
    forcePathStyle: true,
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
  });
  const key = freshKey();
  await put(storage, key);
  vi.unstubAllEnvs();
  unsubscribe("http.client.request.start", hear);
  expect((await buffer((await storage.get({ key }, context)).stream)).equals(body)).toBe(true);
  expect(checksums).toHaveLength(4);
  for (const seen of checksums) expect(seen).toMatch(/^[A-Za-z0-9+/]{6}==$/);
});

const failing = async function* (chunk: Buffer) {
  yield chunk;
  throw new Error("the source is gone");
};

test("an upload that is aborted ends with the signal's reason, and leaves neither the object nor a part", async () => {
  const controller = new AbortController();
  const key = freshKey();
  const slow = new Readable({ read: () => undefined });
  for (let at = 0; at < 20_000_000; at += 5_000_000) slow.push(body.subarray(at, at + 5_000_000));
  const sent = open().put(
    { key, body: slow, sizeBytes: body.length },
    operationContext({ signal: controller.signal }),
  );
  await vi.waitUntil(async () => (await openUploads(key)) === 1, { timeout: 20_000 });
  controller.abort(new Error("enough"));
  await expect(sent).rejects.toThrow("enough");
  await untouched(key);
  expect(slow.destroyed).toBe(true);
});

test("a part that the store refuses for now is sent again", async () => {
  const key = freshKey();
  let refused = 0;
  const refusal: FrontRefusal = ({ method, url }) => {
    if (method !== "PUT" || !url.includes("partNumber=2") || refused === 2) return undefined;
    refused += 1;
    return errorAnswer(503, "SlowDown");
  };
  await using front = await startMinioFront(server, (_, answer) => answer, refusal);
  await put(open(front.port), key);
  expect(refused).toBe(2);
  expect((await buffer((await open().get({ key }, context)).stream)).equals(body)).toBe(true);
});

test.each([
  ["HWS_S3_BUSY", "PUT", "partNumber=3", 503, "SlowDown"],
  ["HWS_S3_DENIED", "PUT", "partNumber=1", 403, "AccessDenied"],
  ["HWS_S3_BUSY", "POST", "uploadId=", 409, "ConditionalRequestConflict"],
  ["HWS_STORAGE_CONFLICT", "POST", "uploadId=", 412, "PreconditionFailed"],
  ["HWS_S3_BUSY", "POST", "uploadId=", 404, "NoSuchUpload"],
])(
  "a store that answers %s in the middle gets its parts taken back: %s %s %s",
  async (code, method, part, status, word) => {
    const key = freshKey();
    const refuses = (request: { readonly method: string; readonly url: string }): boolean =>
      request.method === method && request.url.includes(part) && request.url.includes(key);
    await using front = await startMinioFront(
      server,
      (_, answer) => answer,
      (request) => (refuses(request) ? errorAnswer(status, word) : undefined),
    );
    expect((await failureOf(put(open(front.port), key))).code).toBe(code);
    await untouched(key);
  },
);

test("of an upload whose last answer is lost nobody says that it was refused", async () => {
  const key = freshKey();
  await using front = await startMinioFront(server, ({ method, url }, answer) => {
    if (method === "POST" && url.includes("uploadId=") && url.includes(key)) throw new Error("lost");
    return answer;
  });
  expect(await failureOf(put(open(front.port), key))).toMatchObject({
    code: "HWS_S3_UNREACHABLE",
    retryable: true,
  });
  expect((await open().stat({ key }, context))?.sizeBytes).toBe(body.length);
});

test("an upload over a line that breaks is retryable and stores nothing", async () => {
  const key = freshKey();
  await using proxy = await startToxicProxy({ port: server.port });
  const storage = open(proxy.port);
  expect(await storage.check(context)).toEqual([]);
  proxy.poison("upstream", { kind: "cut", afterBytes: 5_000_000, by: "rst" });
  expect(await failureOf(put(storage, key))).toMatchObject({ code: "HWS_S3_UNREACHABLE", retryable: true });
  expect(await open().stat({ key }, context)).toBeUndefined();
});
