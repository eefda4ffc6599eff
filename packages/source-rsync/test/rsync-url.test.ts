import { expect, test } from "vitest";
import { parseRsyncUrl } from "../src/rsync-url.ts";

const refused = expect.objectContaining({ code: "HWS_RSYNC_URL" });

test.each([
  [
    "rsync://deploy@example.org/apps/shop",
    { protocol: "daemon", user: "deploy", argument: "rsync://deploy@example.org/apps/shop/", name: "shop" },
  ],
  [
    "rsync://example.org/apps/",
    { argument: "rsync://example.org/apps/", shown: "rsync://example.org/apps/" },
  ],
  ["RSYNC://example.org:8730/apps", { port: 8730, argument: "rsync://example.org:8730/apps/" }],
  ["rsync://[::1]:8730/apps/x", { host: "[::1]", argument: "rsync://[::1]:8730/apps/x/" }],
  ["deploy@example.org:apps/shop", { protocol: "ssh", argument: "deploy@example.org:apps/shop/" }],
  [
    "example.org:/srv/shop/",
    { protocol: "ssh", argument: "example.org:/srv/shop/", shown: "example.org:/srv/shop/" },
  ],
  ["example.org:/", { argument: "example.org:/", name: "example.org" }],
  ["example.org:~/shop", { argument: "example.org:~/shop/" }],
  ["deploy@[::1]:/srv/a:b", { host: "[::1]", argument: "deploy@[::1]:/srv/a:b/" }],
  [
    "ssh://deploy@example.org:2222/srv/shop",
    {
      protocol: "ssh",
      port: 2222,
      argument: "deploy@example.org:/srv/shop/",
      shown: "ssh://deploy@example.org:2222/srv/shop",
    },
  ],
  ["example.org:/srv/caf\u00e9", { argument: "example.org:/srv/caf\u00e9/" }],
])("%s is accepted", (url, parts) => {
  expect(parseRsyncUrl(url)).toMatchObject(parts);
});

test.each([
  ["rsync://example.org/apps/shop.tar.gz", { name: "shop.tar.gz", format: "tar.gz" }],
  ["example.org:builds/shop.zip", { name: "shop.zip", format: "zip" }],
  ["example.org:shop.tar", { name: "shop.tar", format: "tar" }],
])("%s is one archive", (url, archive) => {
  expect(parseRsyncUrl(url)).toMatchObject({ archive, argument: url });
});

test.each(["rsync://example.org/apps/shop.zip/", "rsync://example.org/shop.zip", "example.org:shop.zip/"])(
  "%s is a directory",
  (url) => {
    expect(parseRsyncUrl(url).archive).toBeUndefined();
  },
);

test("the option port stands for the one that the URL lacks, and may not contradict it", () => {
  expect(parseRsyncUrl("rsync://example.org/apps", 8730).argument).toBe("rsync://example.org:8730/apps/");
  expect(parseRsyncUrl("example.org:/srv", 2222)).toMatchObject({
    port: 2222,
    argument: "example.org:/srv/",
  });
  expect(parseRsyncUrl("ssh://example.org:2222/srv", 2222).port).toBe(2222);
  expect(() => parseRsyncUrl("ssh://example.org:2222/srv", 22)).toThrow(refused);
});

test.each([
  "--rsh=touch canary",
  "-e touch canary",
  "-oProxyCommand=x:y",
  "-oProxyCommand=x@host:y",
  "git@-oProxyCommand=x:y",
  "-u@example.org:y",
  "ssh://-oProxyCommand=touch$\u007bIFS}canary/x",
  "rsync://-h/apps",
  "rsync://example.org",
  "rsync://example.org/",
  "rsync:///apps",
  "rsync://deploy:s3cret@example.org/apps",
  "ssh://deploy:s3cret@example.org/srv",
  "rsync://example.org:99999/apps",
  "rsync://example.org:0/apps",
  "rsync://example.org/apps;id>PWN",
  "rsync://example.org/$(id)",
  "rsync://example.org/apps/*",
  "rsync://example.org/apps/[a]",
  "rsync://example.org/apps other",
  "rsync://example.org/apps/../etc",
  "rsync://example.org/apps//etc",
  "rsync://exa mple.org/apps",
  "example.org::apps",
  "example.org:;id>PWN",
  "example.org:src/;id>PWN",
  "example.org:`id`",
  "example.org:a'b",
  "example.org:a\\b",
  "example.org:-x",
  "example.org:../x",
  "example.org:a\nb",
  "example.org:a\u0000b",
  "example.org:",
  "http://example.org/apps",
  "file:///srv",
  "/srv/apps",
  "./apps",
  "apps",
  "",
  `example.org:${"a".repeat(3000)}`,
])("%j is refused", (url) => {
  expect(() => parseRsyncUrl(url)).toThrow(refused);
});

test("a refused URL is told without its password", () => {
  try {
    parseRsyncUrl("rsync://deploy:s3cr3t-word@example.org/apps");
    expect.unreachable();
  } catch (error) {
    expect(JSON.stringify(error) + String(error)).not.toContain("s3cr3t-word");
  }
});
