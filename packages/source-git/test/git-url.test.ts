import { expect, test } from "vitest";
import { parseGitUrl } from "../src/git-url.ts";

const refused = expect.objectContaining({ code: "HWS_GIT_URL" });

test.each([
  [
    "https://example.org/acme/shop.git",
    { protocol: "https", host: "example.org", shown: "https://example.org/acme/shop.git" },
  ],
  [
    "https://deploy@example.org:8443/shop",
    { protocol: "https", port: 8443, user: "deploy", shown: "https://example.org:8443/shop" },
  ],
  ["HTTPS://Example.org/shop", { protocol: "https", host: "example.org" }],
  ["ssh://git@example.org:2222/acme/shop.git", { protocol: "ssh", port: 2222, user: "git" }],
  ["ssh://git@example.org/~me/shop.git", { protocol: "ssh", path: "/~me/shop.git" }],
  ["ssh://[::1]:22/shop", { protocol: "ssh", host: "[::1]", port: 22 }],
  ["git@github.com:acme/shop.git", { protocol: "ssh", host: "github.com", path: "acme/shop.git" }],
  ["example.org:shop.git", { protocol: "ssh", host: "example.org" }],
  ["file:///srv/git/shop.git", { protocol: "file", path: "/srv/git/shop.git" }],
  ["/srv/git/shop.git", { protocol: "file", href: "file:///srv/git/shop.git" }],
  ["/srv/100%/shop", { protocol: "file", href: "file:///srv/100%25/shop" }],
])("%s is accepted", (url, parts) => {
  expect(parseGitUrl(url)).toMatchObject(parts);
});

test.each([
  "ext::sh -c touch% /tmp/canary",
  "ext::sh",
  "fd::17",
  "git://example.org/shop",
  "http://example.org/shop",
  "ftp://example.org/shop",
  "git+ssh://example.org/shop",
  "ssh://-oProxyCommand=touch$\u007bIFS}canary/x",
  "ssh://-oProxyCommand=touch/x",
  "-oProxyCommand=x:y",
  "-oProxyCommand=x@host:y",
  "git@-oProxyCommand=x:y",
  "-u@example.org:y",
  "--upload-pack=touch canary",
  "ssh://git@example.org:99999/x",
  "ssh://git:password@example.org/x",
  "https://user:password@example.org/x",
  "https://example.org/x?a=b",
  "https://example.org/x#f",
  "https://example.org/",
  "https://exa mple.org/x",
  "git@example.org:-x",
  "git@example.org:a;id",
  "git@example.org:$(id)",
  "git@example.org:a'b",
  "git@example.org:a\nb",
  "https://example.org/a\u0000b",
  "relative/path",
  "./shop",
  "../shop",
  "shop",
  "file://relative",
  "/srv/../etc/shop",
  "",
  `https://example.org/${"a".repeat(3000)}`,
])("%j is refused", (url) => {
  expect(() => parseGitUrl(url)).toThrow(refused);
});

test("a refused URL is told without its password", () => {
  try {
    parseGitUrl("https://user:s3cr3t-token@example.org/x");
    expect.unreachable();
  } catch (error) {
    expect(JSON.stringify(error) + String(error)).not.toContain("s3cr3t-token");
  }
});
