import { expect, it } from "vitest";
import { Secret } from "../../src/contracts/secret.ts";
import { client, serve, serveRedirect } from "./trial.ts";

it.each([
  "ftp://example.com/x",
  "file:///etc/passwd",
  "not a url",
  "http://",
  "http://user:hidden@example.com/",
  "https://hidden@example.com/",
])("refuses the URL %s before anything is sent, and does not show its credentials", async (url) => {
  await expect(client()(url)).rejects.toMatchObject({
    code: "HWS_HTTP_URL_INVALID",
    message: expect.not.stringContaining("hidden"),
  });
});

it.each([
  { "X-A": "b\r\nX-Injected: 1" },
  { "X-A": "b\0c" },
  { "X-A": new Secret("hidden\nX-Injected: 1") },
  { "X A": "b" },
  { "X-A\r\nX-Injected": "b" },
  { "": "b" },
  { Host: "another" },
  { "transfer-encoding": "chunked" },
  { "Content-Length": "5" },
  { "Accept-Encoding": "gzip" },
  { "X-A": "hidden".repeat(2000) },
])("refuses the headers %j before anything is sent, and does not show their values", async (headers) => {
  const server = await serve((_, response) => void response.end());
  await expect(client()({ url: server.origin, headers })).rejects.toMatchObject({
    code: "HWS_HTTP_HEADER_INVALID",
    message: expect.not.stringMatching(/hidden/),
  });
  expect(server.connections()).toBe(0);
});

it("refuses a user name that Basic credentials cannot carry", async () => {
  const credentials = { username: "a:b", password: new Secret("x") };
  await expect(client()({ url: "http://127.0.0.1/", credentials })).rejects.toMatchObject({
    code: "HWS_HTTP_HEADER_INVALID",
  });
});

it("shows no query in an error, nor what a server put into the place of a redirect", async () => {
  const server = await serveRedirect("/next?signature=hidden");
  const unreachable = await serveRedirect("http://127.0.0.1:9/?signature=hidden");
  const ask = client();
  for (const { origin } of [server, unreachable]) {
    const error = await ask(`${origin}/?signature=hidden`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(`${(error as Error).message} ${JSON.stringify(error)}`).not.toContain("hidden");
  }
});
