import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { startToxicProxy } from "@hawser/testkit";
import { expect, it, onTestFinished } from "vitest";
import { Secret } from "../../src/contracts/secret.ts";
import { client, read, serve, serveTls } from "./trial.ts";

/** A server that says exactly these bytes and then hangs up or is silent. */
const say = async (head: string, body: string | Buffer, then: "end" | "silence" = "end"): Promise<string> => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(head);
      socket.write(body);
      if (then === "end") socket.end();
    });
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/file`;
};

it("gives status, headers in lower case and the body, whatever the status", async () => {
  const { origin } = await serve((_, response) =>
    response.writeHead(404, { "X-Reason": "none", "Set-Cookie": ["a=1", "b=2"] }).end("not here"),
  );
  const answer = await client()(`${origin}/a/b?token=hidden#part`);
  expect(answer).toMatchObject({ status: 404, url: `${origin}/a/b` });
  expect(answer.headers).toMatchObject({ "x-reason": "none", "set-cookie": "a=1, b=2" });
  expect((await read(answer.body)).toString()).toBe("not here");
});

it("sends method, headers, credentials and body", async () => {
  const bodies: string[] = [];
  const server = await serve(async (request, response) => {
    bodies.push((await read(request)).toString());
    response.end();
  });
  const answer = await client()({
    url: server.origin,
    method: "POST",
    headers: { "X-One": "1", "Private-Token": new Secret("t0ken") },
    credentials: { username: "jo", password: new Secret("pa:ss") },
    body: "a body",
  });
  expect(await read(answer.body)).toEqual(Buffer.alloc(0));
  expect(bodies).toEqual(["a body"]);
  expect(server.requests[0]).toMatchObject({ method: "POST" });
  expect(server.requests[0]?.headers).toMatchObject({
    "x-one": "1",
    "private-token": "t0ken",
    authorization: `Basic ${Buffer.from("jo:pa:ss").toString("base64")}`,
    "accept-encoding": "identity",
  });
});

it("gives the bytes of the wire: no content coding is undone", async () => {
  const packed = gzipSync("x".repeat(1000));
  const { origin } = await serve((_, response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(packed),
  );
  expect(await read((await client()(origin)).body)).toEqual(packed);
});

it("reads a large body whole, and slowly when its reader is slow", async () => {
  const bytes = randomBytes(3_000_000);
  const { origin } = await serve((_, response) => void response.end(bytes));
  const answer = await client({ limits: { stallMs: 100 } })(origin);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await read(answer.body)).equals(bytes)).toBe(true);
});

it("keeps a connection for the next request", async () => {
  const server = await serve((_, response) => void response.end("x"));
  const ask = client();
  for (let turn = 0; turn < 10; turn++) await read((await ask(server.origin)).body);
  expect(server.connections()).toBeLessThan(10);
});

it("has no body to read for HEAD", async () => {
  const { origin } = await serve(
    (_, response) => void response.writeHead(200, { "content-length": 99 }).end(),
  );
  const answer = await client()({ url: origin, method: "HEAD" });
  expect(answer.headers["content-length"]).toBe("99");
  expect(await read(answer.body)).toEqual(Buffer.alloc(0));
});

it.each([
  ["with a length", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "abc"],
  ["in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3\r\nabc\r\n"],
  ["in the middle of a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "9\r\nabc"],
])("says that a body %s was cut short, and that it may pass", async (_, head, body) => {
  const answer = await client()(await say(head, body));
  await expect(read(answer.body)).rejects.toMatchObject({
    code: "HWS_HTTP_TRUNCATED",
    retryable: true,
    message: expect.stringContaining("after 3"),
  });
});

it("says so as well to who begins to read after the connection was cut", async () => {
  const answer = await client()(await say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "abc"));
  while (!answer.body.destroyed) await new Promise((resolve) => setImmediate(resolve));
  await expect(
    pipeline(answer.body, async (chunks) => await read(Readable.from(chunks))),
  ).rejects.toMatchObject({
    code: "HWS_HTTP_TRUNCATED",
  });
});

it("says so when a connection is cut in the body at any place, or reset", async () => {
  const bytes = randomBytes(300_000);
  const { port } = await serve((_, response) => void response.end(bytes));
  await using proxy = await startToxicProxy({ port });
  const ask = client();
  for (const by of ["fin", "rst"] as const)
    for (const after of [1_000, 150_000, 300_000]) {
      proxy.poison("downstream", { kind: "cut", afterBytes: after, by });
      const answer = await ask(`http://127.0.0.1:${proxy.port}/`);
      await expect(read(answer.body)).rejects.toMatchObject({ code: "HWS_HTTP_TRUNCATED" });
    }
});

it.each(["", "abc"])("ends a body that stands still after %j", async (body) => {
  const ask = client({ limits: { stallMs: 100 } });
  const answer = await ask(await say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", body, "silence"));
  await expect(read(answer.body)).rejects.toMatchObject({ code: "HWS_HTTP_STALLED", retryable: true });
});

it("ends a body of a byte now and then", async () => {
  const { origin } = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100000" });
    const timer = setInterval(() => response.write("x"), 20);
    response.on("close", () => clearInterval(timer));
  });
  const answer = await client({ limits: { stallMs: 200 } })(origin);
  await expect(read(answer.body)).rejects.toMatchObject({ code: "HWS_HTTP_STALLED" });
});

it("ends an endless body at the limit", async () => {
  const { origin } = await serve((_, response) => {
    const more = (): void => {
      while (response.write(Buffer.alloc(65_536))) {}
    };
    response.on("drain", more);
    more();
  });
  const answer = await client({ limits: { bodyBytes: 1_000_000 } })(origin);
  await expect(read(answer.body)).rejects.toMatchObject({ code: "HWS_HTTP_TOO_LARGE", retryable: false });
});

it("ends a server that is silent before its answer", async () => {
  const { origin } = await serve(() => {});
  await expect(client({ limits: { stallMs: 100 } })(origin)).rejects.toMatchObject({
    code: "HWS_HTTP_STALLED",
    retryable: true,
  });
});

it("says that a server cannot be reached: nobody listens, no such name, hung up", async () => {
  const { origin } = await serve((request) => void request.socket.destroy());
  const free = await serve(() => {});
  for (const url of ["http://127.0.0.1:9/", "http://nowhere.invalid/", origin])
    await expect(client()(url), url).rejects.toMatchObject({ code: "HWS_HTTP_UNREACHABLE", retryable: true });
  expect(free.requests).toEqual([]);
});

it("says that a server does not speak HTTP", async () => {
  const plain = await say("SSH-2.0-OpenSSH_9.2\r\n", "");
  await expect(client()(plain)).rejects.toMatchObject({ code: "HWS_HTTP_ANSWER" });
  await expect(client()(plain.replace("http:", "https:"))).rejects.toMatchObject({ code: "HWS_HTTP_ANSWER" });
  const vast = await say(`HTTP/1.1 200 OK\r\nX: ${"a".repeat(1_000_000)}\r\n\r\n`, "");
  await expect(client()(vast)).rejects.toMatchObject({ code: "HWS_HTTP_ANSWER" });
});

it("trusts the authority that is given, and no other", async () => {
  const { origin, ca } = await serveTls((_, response) => void response.end("safe"));
  const ask = client();
  expect((await read((await ask({ url: origin, ca })).body)).toString()).toBe("safe");
  await expect(ask(origin)).rejects.toMatchObject({ code: "HWS_HTTP_CERTIFICATE", retryable: false });
  const other = await serveTls((_, response) => void response.end());
  await expect(ask({ url: origin, ca: other.ca })).rejects.toMatchObject({ code: "HWS_HTTP_CERTIFICATE" });
  await expect(ask({ url: origin, ca: "nonsense" })).rejects.toMatchObject({ code: "HWS_HTTP_CA_INVALID" });
});

it("does not take a certificate of another host", async () => {
  const { port, ca } = await serveTls((_, response) => void response.end());
  await expect(client()({ url: `https://localhost:${port}`, ca })).rejects.toMatchObject({
    code: "HWS_HTTP_CERTIFICATE",
  });
});

it("stops with the caller's reason: before, while it waits, and in the body", async () => {
  const silent = await serve(() => {});
  const ask = client();
  await expect(ask(silent.origin, AbortSignal.abort(new Error("given up")))).rejects.toThrow("given up");
  expect(silent.connections()).toBe(0);
  const waiting = new AbortController();
  const answer = ask(silent.origin, waiting.signal);
  setTimeout(() => waiting.abort(new Error("given up")), 50);
  await expect(answer).rejects.toThrow("given up");
  const reading = new AbortController();
  const url = await say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "abc", "silence");
  const { body } = await ask(url, reading.signal);
  setTimeout(() => reading.abort(new Error("given up")), 50);
  await expect(read(body)).rejects.toThrow("given up");
});

it("may be left without its body being read", async () => {
  const { origin } = await serve((_, response) => void response.end(randomBytes(1_000_000)));
  const ask = client();
  for (let turn = 0; turn < 3; turn++) (await ask(origin)).body.destroy();
  expect((await ask(origin)).status).toBe(200);
});
