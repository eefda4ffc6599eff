import { expect, test } from "vitest";
import { hrefOf, parseSvnUrl } from "../src/svn-url.ts";

test.each([
  ["svn://example.org/shop/trunk", { protocol: "svn", host: "example.org", path: "shop/trunk" }],
  ["svn://example.org", { path: "" }],
  ["svn://example.org:3690/shop", { host: "example.org", path: "shop" }],
  ["svn+ssh://deploy@example.org:2222/srv/svn/shop", { protocol: "svn+ssh", user: "deploy", port: 2222 }],
  ["HTTPS://Example.org/svn/shop/", { protocol: "https", host: "example.org", path: "svn/shop" }],
  ["https://[::1]:8443/svn/shop", { host: "[::1]", port: 8443 }],
  ["https://example.org/a%20b/%C3%BC%23%25", { path: "a b/\u00fc#%" }],
  ["https://example.org/shop@4711", { path: "shop@4711" }],
])("%s is accepted", (url, parts) => {
  expect(parseSvnUrl(url)).toMatchObject(parts);
});

test("what svn gets has no user, no default port, and no @ that it could read as a peg revision", () => {
  expect(hrefOf(parseSvnUrl("HTTPS://deploy@Example.org:443/a%20b/shop@4711"))).toBe(
    "https://example.org/a%20b/shop%404711",
  );
});

test.each([
  "file:///srv/svn/shop",
  "/srv/svn/shop",
  "git://example.org/shop",
  "svn+x://example.org/shop",
  "svn+ssh+id://example.org/shop",
  "svn+ssh://-oProxyCommand=touch/x",
  "svn+ssh://-oProxyCommand=touch$\u007bIFS}canary/x",
  "svn+ssh://deploy@-oProxyCommand=x/y",
  "svn+ssh://-l@example.org/x",
  "svn+ssh://[::1]/x",
  "--config-option=config:tunnels:x=id",
  "-x",
  "svn://deploy:password@example.org/x",
  "svn://example.org:0/x",
  "svn://example.org:99999/x",
  "svn://example.org/a/../b",
  "svn://example.org/a/%2e%2e/b",
  "svn://example.org/a%2fb",
  "svn://example.org/a//b",
  "svn://example.org/./b",
  "svn://example.org/a%zz",
  "svn://example.org/a b",
  "svn://example.org/$(id)",
  "svn://example.org/a'b",
  "svn://example.org/a;id",
  "svn://example.org/a?b",
  "svn://example.org/a#b",
  "svn://example.org/a\nb",
  "svn://example.org/a%00b",
  "svn://exa mple.org/x",
  "svn:///x",
  "",
  `svn://example.org/${"x".repeat(2_000)}`,
])("%j is refused", (url) => {
  expect(() => parseSvnUrl(url)).toThrow(expect.objectContaining({ code: "HWS_SVN_URL" }));
});

test("a refusal does not repeat a password", () => {
  expect(() => parseSvnUrl("svn://deploy:hunter2@example.org/x")).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
  );
});
