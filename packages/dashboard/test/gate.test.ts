import { Secret } from "@hawser/core/plugin";
import { freePort } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { openProject } from "../../core/test/engine/fixtures/project.ts";
import { ask, sayRaw } from "./asking.ts";
import { served } from "./served.ts";

const token = "a-token-that-nobody-guesses";
const form = { "content-type": "application/x-www-form-urlencoded" };

const open = async () => await served({ engine: (await openProject()).engine });
const guarded = async () => await served({ engine: (await openProject()).engine, token: new Secret(token) });

const logIn = (url: string, offered: string, headers: Readonly<Record<string, string>> = {}, to = "/") =>
  ask(url, "/login", {
    method: "POST",
    headers: { ...form, ...headers },
    body: new URLSearchParams({ token: offered, to }).toString(),
  });

describe("a dashboard at the loopback address", () => {
  it("answers under its own names alone: a name that was turned to this address is refused", async () => {
    const { url } = await open();
    const { port } = new URL(url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`])
      expect((await ask(url, "/", { headers: { host } })).status).toBe(200);
    for (const host of [
      `evil.example:${port}`,
      `localhost.evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:${Number(port) + 1}`,
      `10.0.0.1:${port}`,
      `127.0.0.1:${port}@evil.example`,
      `[::1]:${port}`,
      "x".repeat(1_000),
    ]) {
      const { status, text } = await ask(url, "/", { headers: { host } });
      expect([host, status]).toEqual([host, 421]);
      expect(text).not.toContain("shop");
    }
  });

  it("gives nothing to another site's page but a link that somebody follows", async () => {
    const { url } = await open();
    const from = (site: string, mode: string, dest: string) =>
      ask(url, "/", { headers: { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest } });
    expect((await from("cross-site", "no-cors", "image")).status).toBe(403);
    expect((await from("cross-site", "cors", "empty")).status).toBe(403);
    expect((await from("same-site", "navigate", "iframe")).status).toBe(403);
    expect((await from("cross-site", "navigate", "document")).status).toBe(200);
    expect((await from("same-origin", "cors", "empty")).status).toBe(200);
    expect((await from("none", "navigate", "document")).status).toBe(200);
  });

  it("is only read: every other method is refused and said", async () => {
    const { url } = await open();
    expect((await ask(url, "/logout", { method: "POST" })).status).toBe(405);
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"]) {
      const { status, headers } = await ask(url, "/", { method });
      expect([method, status, headers.allow]).toEqual([method, 405, "GET, HEAD"]);
    }
    expect((await logIn(url, token)).status).toBe(405);
    const head = await ask(url, "/", { method: "HEAD" });
    expect([head.status, head.text]).toEqual([200, ""]);
  });

  it.each([
    "/environments/",
    "/environments/production",
    "/environments/..%2f..%2fetc",
    "/environments/a/../../etc/passwd",
    "/../../etc/passwd",
    "/top/runs/1",
    "/top/runs/000001/",
    "/top/runs/../..",
    "/top/diff?from=000001&to=../../x",
    "/top/diff",
    "//evil.example/",
    "http://evil.example/",
    "*",
    `/top?${"x".repeat(2_000)}`,
    "/style.css/",
    "/login",
    "/%00",
  ])("has nothing at %s", async (target) => {
    const { url } = await open();
    expect((await ask(url, target)).status).toBe(404);
  });

  it("forbids what is inline, what is from elsewhere, frames, guesses of types, and sharing", async () => {
    const { url } = await open();
    const { headers } = await ask(url, "/", { headers: { origin: "https://evil.example" } });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    const { text } = await ask(url, "/");
    expect(text).not.toMatch(/<style|<script>|style=|onclick/);
  });

  it("sends again what has changed alone, and packs what is long for who can unpack it", async () => {
    const { url } = await open();
    const first = await ask(url, "/");
    const again = await ask(url, "/", { headers: { "if-none-match": String(first.headers.etag) } });
    expect([again.status, again.text]).toEqual([304, ""]);
    const style = await ask(url, "/style.css", { headers: { "accept-encoding": "gzip" } });
    expect(style.headers["content-encoding"]).toBe("gzip");
  });
});

describe("a dashboard with a token", () => {
  it("shows nothing without it, and the form to log in", async () => {
    const { url } = await guarded();
    for (const target of ["/", "/top", "/top/runs/000001", "/environments/nosuch", "/nothing"]) {
      const { status, text, headers } = await ask(url, target);
      expect([target, status]).toEqual([target, 401]);
      expect(text).toContain('<form method="post" action="/login">');
      expect(text).not.toContain("shop");
      expect(headers["www-authenticate"]).toContain("Bearer");
    }
    expect((await ask(url, "/style.css")).status).toBe(200);
  });

  it("takes it in a header", async () => {
    const { url } = await guarded();
    const bearer = (value: string) => ask(url, "/", { headers: { authorization: value } });
    expect((await bearer(`Bearer ${token}`)).status).toBe(200);
    for (const wrong of [
      `Bearer ${token}x`,
      "Bearer ",
      `Basic ${token}`,
      token,
      `Bearer ${"x".repeat(5_000)}`,
    ])
      expect((await bearer(wrong)).status).toBe(401);
    expect((await ask(url, `/?token=${token}`)).status).toBe(401);
  });

  it("gives a session for it that a script cannot read and another site cannot send", async () => {
    const { url } = await guarded();
    const { status, headers } = await logIn(url, token, {}, "/top?look=now");
    expect([status, headers.location]).toEqual([303, "/top"]);
    const [cookie = ""] = headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/^hawser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(token);
    const [session = ""] = cookie.split(";");
    expect((await ask(url, "/", { headers: { cookie: session } })).status).toBe(200);
    expect((await ask(url, "/", { headers: { cookie: `a=b; ${session}` } })).status).toBe(200);
    for (const wrong of ["hawser=", `hawser=${"x".repeat(43)}`, `${session}x`, `other=1`])
      expect((await ask(url, "/", { headers: { cookie: wrong } })).status).toBe(401);
  });

  it("ends the session of who logs out, and of nobody whom another site sends", async () => {
    const { url } = await guarded();
    expect((await ask(url, "/", { headers: { authorization: `Bearer ${token}` } })).text).toContain(
      '<form method="post" action="/logout">',
    );
    const [cookie = ""] = (await logIn(url, token)).headers["set-cookie"] ?? [];
    const [session = ""] = cookie.split(";");
    const sees = async () => (await ask(url, "/", { headers: { cookie: session } })).status;
    const logOut = (origin: string) =>
      ask(url, "/logout", { method: "POST", headers: { cookie: session, origin } });
    expect((await logOut("https://evil.example")).status).toBe(403);
    expect(await sees()).toBe(200);
    const { status, headers } = await logOut(url);
    expect([status, headers.location]).toEqual([303, "/"]);
    expect(headers["set-cookie"]).toEqual(["hawser=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"]);
    expect(await sees()).toBe(401);
  });

  it("goes nowhere else after the login", async () => {
    const { url } = await guarded();
    for (const to of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/login",
      "javascript:1",
      "/nosuch",
    ])
      expect((await logIn(url, token, {}, to)).headers.location).toBe("/");
  });

  it("refuses a login that another site sent, one that is no form, and one that is too long", async () => {
    const { url } = await guarded();
    expect((await logIn(url, token, { origin: "https://evil.example" })).status).toBe(403);
    expect((await logIn(url, token, { origin: "null" })).status).toBe(403);
    expect(
      (
        await logIn(url, token, {
          "sec-fetch-site": "cross-site",
          "sec-fetch-mode": "navigate",
          "sec-fetch-dest": "document",
        })
      ).status,
    ).toBe(403);
    expect((await logIn(url, token, { origin: url })).status).toBe(303);
    expect(
      (
        await ask(url, "/login", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: "{}",
        })
      ).status,
    ).toBe(400);
    expect((await logIn(url, "x".repeat(10_000))).status).toBe(400);
  });

  it("lets an address try ten times a minute, and leaves who is logged in alone", async () => {
    const { url } = await guarded();
    const [cookie = ""] = (await logIn(url, token)).headers["set-cookie"] ?? [];
    for (let tries = 0; tries < 10; tries++) expect((await logIn(url, "wrong")).status).toBe(401);
    const { status, headers } = await logIn(url, token);
    expect(status).toBe(429);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect((await ask(url, "/", { headers: { authorization: `Bearer ${token}` } })).status).toBe(429);
    expect((await ask(url, "/", { headers: { cookie: cookie.split(";")[0] ?? "" } })).status).toBe(200);
  });

  it("is demanded at any other address, and behind a proxy, whoever gave none", async () => {
    const { engine } = await openProject();
    const everywhere = await served({ engine, listen: "0.0.0.0:0" });
    expect(everywhere.token?.reveal()).toMatch(/^[\w-]{43}$/);
    expect(String(everywhere.token)).toBe("[redacted]");
    const { port } = new URL(everywhere.url);
    expect((await ask(`http://127.0.0.1:${port}`, "/")).status).toBe(401);
    const proxied = await served({ engine, url: "https://dashboard.example.org" });
    expect(proxied.url).toBe("https://dashboard.example.org");
    expect(proxied.token).toBeDefined();
    expect((await served({ engine })).token).toBeUndefined();
  });

  it("is refused when it could be guessed, or no header takes it", async () => {
    const { engine } = await openProject();
    for (const bad of [
      "short",
      "x".repeat(19),
      "x".repeat(201),
      "with a space in the middle",
      "with-ümlaut-in-the-middle",
    ])
      await expect(served({ engine, token: new Secret(bad) })).rejects.toMatchObject({
        code: "HWS_DASHBOARD_TOKEN",
      });
  });
});

describe("a dashboard behind a proxy", () => {
  const url = "https://dashboard.example.org";

  it("answers to the name it has there, and its sessions travel over TLS alone", async () => {
    const { engine } = await openProject();
    const place = await freePort("127.0.0.1");
    await served({ engine, url, listen: place, token: new Secret(token) });
    const own = `http://127.0.0.1:${place}`;
    const host = "dashboard.example.org";
    const { status, headers } = await logIn(own, token, { host, origin: url });
    expect(status).toBe(303);
    expect(headers["set-cookie"]).toEqual([
      expect.stringMatching(/^__Host-hawser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/),
    ]);
    expect((await logIn(own, token, { host, origin: `http://${host}` })).status).toBe(403);
    expect((await ask(own, "/", { headers: { host: "other.example.org" } })).status).toBe(421);
  });

  it.each([
    "dashboard.example.org",
    "https://x.example/below",
    "ftp://x.example",
    "https://user@x.example",
    "https://x.example/?a",
    "",
  ])("cannot have the address %j", async (wrong) => {
    const { engine } = await openProject();
    await expect(served({ engine, url: wrong })).rejects.toMatchObject({ code: "HWS_DASHBOARD_URL" });
  });
});

describe("where a dashboard is served", () => {
  it.each(["everywhere", "example.org:80", "127.0.0.1", "70000", "*:80", "-1"])(
    "cannot be %s",
    async (listen) => {
      const { engine } = await openProject();
      await expect(served({ engine, listen })).rejects.toMatchObject({ code: "HWS_DASHBOARD_PLACE" });
    },
  );

  it("cannot be a port that is taken", async () => {
    const { engine } = await openProject();
    const { port } = new URL((await served({ engine })).url);
    await expect(served({ engine, listen: port })).rejects.toMatchObject({
      code: "HWS_DASHBOARD_PLACE",
      message: expect.stringContaining("EADDRINUSE"),
    });
  });
});

describe("who holds a dashboard up", () => {
  it("is cut off when it takes too long to say what it asks", async () => {
    const { url } = await open();
    const slow = sayRaw(url, "GET / HTTP/1.1\r\nhost: ");
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /);
    expect((await ask(url, "/")).status).toBe(200);
  });

  it("is cut off when it takes too long to send its form", async () => {
    const { url } = await guarded();
    const { host } = new URL(url);
    const head = `POST /login HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\n`;
    expect(await sayRaw(url, head, "token=")).toMatch(/^HTTP\/1\.1 408 /);
    expect((await ask(url, "/style.css")).status).toBe(200);
  });

  it("is refused when its headers are huge", async () => {
    const { url } = await open();
    expect(await sayRaw(url, `GET / HTTP/1.1\r\nhost: x\r\na: ${"x".repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  it("is refused when it speaks no HTTP", async () => {
    const { url } = await open();
    expect(await sayRaw(url, "\u0016\u0003\u0001 hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await sayRaw(url, "GET / HTTP/1.1\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await sayRaw(url, "GET / HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 421 /);
  });

  it("loses its connection when the dashboard ends", async () => {
    const { engine } = await openProject();
    const dashboard = await served({ engine });
    const held = sayRaw(dashboard.url, "GET / HTTP/1.1\r\nhost:").catch(() => "");
    await ask(dashboard.url, "/");
    await dashboard[Symbol.asyncDispose]();
    expect(await held).toBe("");
  });
});
