import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { Secret } from "../../src/contracts/secret.ts";
import { client, read, serve, serveTls } from "./trial.ts";

interface TestProxy {
  readonly url: string;
  readonly seen: {
    readonly asked: string;
    readonly authorization: string | undefined;
    readonly raw: string;
  }[];
}

/** A proxy for whom every name is a server on loopback. */
const startProxy = async (port: number, status?: number): Promise<TestProxy> => {
  const seen: TestProxy["seen"] = [];
  const server: Server = createServer((request, response) => {
    const { url = "", headers, rawHeaders } = request;
    seen.push({ asked: url, authorization: headers["proxy-authorization"], raw: rawHeaders.join(" ") });
    response.end("by the proxy");
  });
  const sockets = new Set<Socket>();
  server.on("connect", (request, peer: Socket) => {
    const { url = "", headers, rawHeaders } = request;
    seen.push({ asked: url, authorization: headers["proxy-authorization"], raw: rawHeaders.join(" ") });
    sockets.add(peer);
    peer.on("error", () => {});
    if (status !== undefined) return void peer.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const there = connect(port, "127.0.0.1", () => {
      peer.write("HTTP/1.1 200 OK\r\n\r\n");
      peer.pipe(there).pipe(peer);
    });
    there.on("error", () => peer.destroy());
    peer.on("close", () => there.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://jo:pr0xy@127.0.0.1:${(server.address() as { port: number }).port}`, seen };
};

it("asks for https through a tunnel, with the server's own certificate and secrets unseen by the proxy", async () => {
  const server = await serveTls((_, response) => void response.end("through"), "192.0.2.1");
  const other = await serveTls((_, response) => void response.end("another"));
  const proxy = await startProxy(server.port);
  const ask = client({ environment: { HTTPS_PROXY: proxy.url } });
  const url = `https://192.0.2.1:${server.port}/`;
  const answer = await ask({ url, ca: server.ca, headers: { "X-Key": new Secret("k3y") } });
  expect((await read(answer.body)).toString()).toBe("through");
  expect(server.requests[0]?.headers).toMatchObject({ "x-key": "k3y" });
  expect(server.requests[0]?.headers["proxy-authorization"]).toBeUndefined();
  expect(proxy.seen[0]).toMatchObject({
    asked: `192.0.2.1:${server.port}`,
    authorization: `Basic ${Buffer.from("jo:pr0xy").toString("base64")}`,
    raw: expect.not.stringContaining("k3y"),
  });
  await expect(ask({ url, ca: other.ca })).rejects.toMatchObject({ code: "HWS_HTTP_CERTIFICATE" });
});

it("asks for http by its whole URL", async () => {
  const proxy = await startProxy(0);
  const ask = client({ environment: { http_proxy: proxy.url } });
  const answer = await ask({ url: "http://files.test/a?b=1", headers: { "X-Key": new Secret("k3y") } });
  expect((await read(answer.body)).toString()).toBe("by the proxy");
  expect(proxy.seen[0]?.asked).toBe("http://files.test/a?b=1");
  expect(proxy.seen[0]?.raw).toContain("k3y");
});

it("refuses addresses by what the URL says, where the proxy looks names up", async () => {
  const proxy = await startProxy(0);
  const ask = client({ environment: { HTTP_PROXY: proxy.url } });
  await expect(ask("http://files.test/")).resolves.toMatchObject({ status: 200 });
  const hop = await serve((_, r) => void r.writeHead(302, { location: "http://169.254.169.254/" }).end());
  await expect(ask(hop.origin)).rejects.toMatchObject({ code: "HWS_HTTP_ADDRESS" });
  expect(proxy.seen.length).toBe(1);
});

it.each([
  [407, false],
  [403, false],
  [502, true],
])("says that the proxy refuses with %i, and shows no password", async (status, retryable) => {
  const proxy = await startProxy(0, status);
  const ask = client({ environment: { HTTPS_PROXY: proxy.url } });
  const error = await ask("https://files.test/").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "HWS_HTTP_PROXY", retryable });
  expect(`${(error as Error).message}${JSON.stringify(error)}`).not.toContain("pr0xy");
});

it("says that it is the proxy that cannot be reached", async () => {
  const ask = client({ environment: { HTTPS_PROXY: "http://jo:pr0xy@127.0.0.1:9" } });
  await expect(ask("https://files.test/")).rejects.toMatchObject({
    code: "HWS_HTTP_UNREACHABLE",
    message: expect.stringMatching(
      /^https:\/\/files\.test cannot be reached: through the proxy 127\.0\.0\.1:9: /,
    ),
  });
});

it("goes the direct way to what NO_PROXY names", async () => {
  const proxy = await startProxy(0);
  const server = await serve((_, response) => void response.end("direct"));
  const ask = client({ environment: { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.0/8" } });
  expect((await read((await ask(server.origin)).body)).toString()).toBe("direct");
  expect(proxy.seen).toEqual([]);
});
