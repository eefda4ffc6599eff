import { expect, it } from "vitest";
import { Secret } from "../../src/contracts/secret.ts";
import { type AddressClass, addressClassOf } from "../../src/http/address-class.ts";
import { client, read, serve, serveRedirect, serveTls } from "./trial.ts";

/** Makes a part of loopback another class, so that rules between classes can be tried on one machine. */
const pretend =
  (classes: Readonly<Record<string, AddressClass>>) =>
  (address: string): AddressClass =>
    classes[address] ?? addressClassOf(address);

const secrets = {
  headers: {
    "X-Plain": "plain",
    "X-Key": new Secret("k3y"),
    Cookie: "session=1",
    Authorization: "Bearer t0k",
  },
};

it.each([301, 302, 303, 307, 308])("follows %i, also to a relative place", async (status) => {
  const server = await serve((request, response) => {
    if (request.url === "/a/b?q=1") response.writeHead(status, { location: "../c?x=2" }).end("gone");
    else response.end(request.url);
  });
  const answer = await client()(`${server.origin}/a/b?q=1`);
  expect((await read(answer.body)).toString()).toBe("/c?x=2");
  expect(answer.url).toBe(`${server.origin}/c`);
});

it("gives a redirect of a POST, and one without a place, as the answer", async () => {
  const server = await serveRedirect("/elsewhere");
  const ask = client();
  expect((await ask({ url: server.origin, method: "POST" })).status).toBe(302);
  const bare = await serve((_, response) => void response.writeHead(302).end());
  expect((await ask(bare.origin)).status).toBe(302);
  expect(server.requests.length).toBe(1);
});

it.each([
  "file:///etc/passwd",
  "gopher://127.0.0.1:1/",
  "ftp://127.0.0.1/x",
  "data:text/plain,x",
  "http://[",
])("refuses a redirect to %s", async (place) => {
  const server = await serveRedirect(place);
  await expect(client()(server.origin)).rejects.toMatchObject({ code: "HWS_HTTP_REDIRECT_SCHEME" });
});

it("refuses a redirect from https to http, and asks nothing there", async () => {
  const plain = await serve((_, response) => void response.end());
  const { origin, ca } = await serveTls((_, response) =>
    response.writeHead(302, { location: plain.origin }).end(),
  );
  await expect(client()({ url: origin, ca })).rejects.toMatchObject({ code: "HWS_HTTP_REDIRECT_DOWNGRADE" });
  expect(plain.connections()).toBe(0);
});

it("stops a loop after five redirects", async () => {
  const server = await serveRedirect("/again");
  await expect(client()(server.origin)).rejects.toMatchObject({ code: "HWS_HTTP_REDIRECT_LIMIT" });
  expect(server.requests.length).toBe(6);
});

it("drops credentials at another origin, a port or a scheme apart, and does not take them up again", async () => {
  const back: { url: string } = { url: "" };
  const other = await serve((_, response) => response.writeHead(302, { location: back.url }).end());
  const first = await serve((request, response) => {
    if (request.url === "/") response.writeHead(302, { location: `${other.origin}/x` }).end();
    else response.end("end");
  });
  back.url = `${first.origin}/end`;
  await client()({ url: first.origin, ...secrets });
  const [start, end] = first.requests;
  expect(start?.headers).toMatchObject({ "x-key": "k3y", cookie: "session=1", authorization: "Bearer t0k" });
  for (const request of [other.requests[0], end]) {
    expect(request?.headers).toMatchObject({ "x-plain": "plain" });
    expect(JSON.stringify(request?.rawHeaders)).not.toMatch(/k3y|session|t0k/);
  }
});

it("keeps credentials at the same origin", async () => {
  const server = await serve((request, response) => {
    if (request.url === "/") response.writeHead(302, { location: "/next" }).end();
    else response.end();
  });
  await client()({ url: server.origin, credentials: { username: "jo", password: new Secret("pw") } });
  expect(server.requests[1]?.headers.authorization).toBe(`Basic ${Buffer.from("jo:pw").toString("base64")}`);
});

it("does not send credentials that stand in the place of a redirect", async () => {
  const target = await serve((_, response) => void response.end());
  const server = await serveRedirect(target.origin.replace("//", "//user:pw@"));
  const answer = await client()(server.origin);
  expect(target.requests[0]?.headers.authorization).toBeUndefined();
  expect(answer.url).not.toContain("pw");
});

it.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://[::ffff:169.254.169.254]/",
  "http://[fe80::1]/",
  "http://[fd00:ec2::254]/",
  "http://0.0.0.0/",
  "http://[::]/",
  "http://10.0.0.1/",
  "http://192.168.0.1/",
  "http://[fd12::1]/",
])("refuses a redirect from loopback to %s", async (place) => {
  const server = await serveRedirect(place);
  await expect(client()(server.origin)).rejects.toMatchObject({ code: "HWS_HTTP_ADDRESS", retryable: false });
});

it("refuses a redirect from the public to the deployer's own machine, however it is spelled", async () => {
  const canary = await serve((_, response) => void response.end("inside"));
  const spelled = ["127.0.0.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"];
  const ask = client({ classOf: pretend({ "127.0.77.1": "public" }) });
  for (const host of spelled) {
    const place = `http://${host}:${canary.port}/`;
    const server = await serve((_, r) => void r.writeHead(302, { location: place }).end(), "127.0.77.1");
    await expect(ask(server.origin), host).rejects.toMatchObject({
      code: "HWS_HTTP_ADDRESS",
    });
  }
  expect(canary.connections()).toBe(0);
});

it("judges the address that a name leads to, not the name", async () => {
  const ask = client({ classOf: pretend({ "127.0.77.1": "public" }) });
  const canary = await serve((_, response) => void response.end());
  const place = `http://localhost:${canary.port}/`;
  const server = await serve((_, r) => void r.writeHead(302, { location: place }).end(), "127.0.77.1");
  await expect(ask(server.origin)).rejects.toMatchObject({
    code: "HWS_HTTP_ADDRESS",
    message: "localhost is a loopback address and is not asked",
  });
  expect(canary.connections()).toBe(0);
});

it("judges each hop by where the first answer came from, over kept connections too", async () => {
  const inner = await serve((_, response) => void response.end("inner"), "127.0.78.1");
  const hop = await serve((_, r) => void r.writeHead(302, { location: inner.origin }).end(), "127.0.77.2");
  const first = await serve((_, r) => void r.writeHead(302, { location: hop.origin }).end(), "127.0.77.1");
  const classes = { "127.0.77.1": "public", "127.0.77.2": "public", "127.0.78.1": "private" } as const;
  const ask = client({ classOf: pretend(classes) });
  for (let turn = 0; turn < 3; turn++) {
    expect((await read((await ask(inner.origin)).body)).toString()).toBe("inner");
    await expect(ask(first.origin)).rejects.toMatchObject({ code: "HWS_HTTP_ADDRESS" });
  }
  expect(inner.requests.length).toBe(3);
});

it("lets a private origin redirect inside and to the public, but not to loopback", async () => {
  const classes = { "127.0.77.1": "public", "127.0.78.1": "private", "127.0.78.2": "private" } as const;
  const ask = client({ classOf: pretend(classes) });
  for (const [host, isFollowed] of [
    ["127.0.78.2", true],
    ["127.0.77.1", true],
    ["127.0.0.1", false],
  ] as const) {
    const target = await serve((_, response) => void response.end(), host);
    const server = await serve(
      (_, r) => void r.writeHead(302, { location: target.origin }).end(),
      "127.0.78.1",
    );
    const outcome = await ask(server.origin).then(
      ({ status }) => status,
      ({ code }) => code,
    );
    expect(outcome, host).toBe(isFollowed ? 200 : "HWS_HTTP_ADDRESS");
    expect(target.connections()).toBe(isFollowed ? 1 : 0);
  }
});

it("lets a person name an inside address, but no name that only leads to a metadata service", async () => {
  const classes = { "127.0.0.1": "link-local", "::1": "link-local" } as const;
  const server = await serve((_, response) => void response.end());
  const ask = client({ classOf: pretend(classes) });
  expect((await ask(server.origin)).status).toBe(200);
  await expect(ask(`http://localhost:${server.port}/`)).rejects.toMatchObject({ code: "HWS_HTTP_ADDRESS" });
});
