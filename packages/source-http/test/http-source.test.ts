import { mkdtemp, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "@hawser/core";
import { operationContext, testDirectory } from "@hawser/testkit";
import { expect, it } from "vitest";
import type { HttpSourceOptions } from "../src/index.ts";
import { startFaultServer } from "./fault-server.ts";
import { fetched, login, open, packed, quickContext } from "./trial.ts";

const url = "https://files.test/app.tar.gz";

it.each([
  [{ url: "ftp://files.test/app.tar" }, "https://"],
  [{ url: "app.tar" }, "https://"],
  [{ url: "https://jo:hidden@files.test/app.tar" }, "credentials"],
  [{ url: "https://{ref}.files.test/app.tar" }, "{ref}"],
  [{ url: "https://files.test:{ref}/app.tar" }, "url"],
  [{ url: "https://files.test/app" }, "format"],
  [{ url: "https://files.test/?name=app.tar" }, "format"],
  [{ url, file: "a", stripComponents: 1 }, "stripComponents"],
  [{ url, file: "a", format: "zip" }, "format"],
  [{ url, file: "../a" }, "no path"],
  [{ url, file: "/a" }, "no path"],
  [{ url, file: "a//b" }, "no path"],
  [{ url, file: "a\nb" }, "no path"],
  [{ url, username: "jo" }, "go together"],
  [{ url, ...login, token: new Secret("t") }, "one of"],
  [{ url, token: new Secret("t"), headers: { Authorization: new Secret("x") } }, "one of"],
  [{ url, ref: "v1" }, "no {ref}"],
  [{ url: "https://files.test/{ref}.zip", sha256: "0".repeat(64) }, "sha256"],
] as const)("refuses the options %j", async (options, why) => {
  await expect(open(options as HttpSourceOptions)).rejects.toMatchObject({
    code: "HWS_WEB_OPTIONS",
    message: expect.stringContaining(why),
  });
  await expect(open(options as HttpSourceOptions)).rejects.not.toThrow("hidden");
});

it("refuses an authorities' file that cannot be read", async () => {
  await expect(open({ url, ca: join(testDirectory(), "none.pem") })).rejects.toMatchObject({
    code: "HWS_WEB_CA_UNREADABLE",
  });
});

it("asks for the artifact of a ref, and says which one is missing", async () => {
  const server = await startFaultServer(packed({ a: "1" }, ".tar.gz"));
  const source = await open({ url: `${server.origin}/app-{ref}.tar.gz?v={ref}` });
  expect(await fetched(source, "v1.2_3-x")).toEqual({ a: "1" });
  const revision = await source.resolve({ ref: "v2" }, operationContext());
  expect(revision).toMatchObject({ label: "v2", url: `${server.origin}/app-v2.tar.gz`, exact: false });
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_WEB_REF_MISSING" });
  expect(await source.check?.(operationContext())).toEqual([]);
  server.headStatus = 404;
  await expect(source.resolve({ ref: "v3" }, operationContext())).rejects.toMatchObject({
    code: "HWS_SOURCE_REF_NOT_FOUND",
  });
});

it.each(["a/b", "a%2fb", "a?b", "a#b", "a&b", "..", "a..b", ".a", "-a", "a b", "{ref}", "a".repeat(129)])(
  "refuses the ref %j, which would ask for something else",
  async (ref) => {
    const server = await startFaultServer(Buffer.from("x"));
    const source = await open({ url: `${server.origin}/{ref}/app.tar.gz` });
    await expect(source.resolve({ ref }, operationContext())).rejects.toMatchObject({
      code: "HWS_SOURCE_REF_INVALID",
    });
    expect(server.asked).toEqual([]);
  },
);

it("tells two refs of equal tags apart", async () => {
  const server = await startFaultServer(packed({ a: "1" }, ".tar.gz"));
  const source = await open({ url: `${server.origin}/{ref}.tar.gz` });
  const [one, two] = await Promise.all(
    ["v1", "v2"].map((ref) => source.resolve({ ref }, operationContext())),
  );
  expect(one?.id).not.toBe(two?.id);
});

it.each([
  ["<!DOCTYPE html><html>login</html>", "app.tar.gz"],
  ["\ufeff\n <html>", "app.tar"],
  ['<?xml version="1.0"?><Error/>', "app.zip"],
  ["", "app.tar"],
  ["PK\u0003\u0004", "app.tar.gz"],
  ["plain words", "app.tar.zst"],
])("refuses %j in place of %s", async (text, name) => {
  const server = await startFaultServer(Buffer.from(text));
  const source = await open({ url: `${server.origin}/${name}` });
  await expect(fetched(source)).rejects.toMatchObject({ code: "HWS_WEB_FORMAT" });
});

it("takes the format from the option where the name tells none, and drops leading components", async () => {
  const server = await startFaultServer(packed({ "top/a": "1" }, ".tar.gz"));
  const source = await open({ url: `${server.origin}/latest`, format: "tar.gz", stripComponents: 1 });
  expect(await fetched(source)).toEqual({ a: "1" });
});

it("takes a tar.gz that its server calls a tar in the coding gzip", async () => {
  const server = await startFaultServer(packed({ a: "1" }, ".tar.gz"));
  server.headers = { etag: '"one"', "content-encoding": "x-gzip" };
  expect(await fetched(await open({ url: `${server.origin}/app.tar.gz` }))).toEqual({ a: "1" });
});

it("puts one file at its path, readable whatever the umask", async () => {
  const server = await startFaultServer(Buffer.from("jar"));
  const source = await open({ url: `${server.origin}/latest`, file: "lib/app.jar" });
  const directory = await mkdtemp(join(testDirectory(), "tree-"));
  const context = operationContext();
  const before = process.umask(0o077);
  try {
    await source.fetch?.({ revision: await source.resolve({}, context), directory }, context);
  } finally {
    process.umask(before);
  }
  expect((await stat(join(directory, "lib"))).mode & 0o777).toBe(0o755);
  expect((await stat(join(directory, "lib/app.jar"))).mode & 0o777).toBe(0o644);
  expect(await readdir(directory)).toEqual(["lib"]);
});

it("sends credentials and headers to its own server only", async () => {
  const target = await startFaultServer(packed({ a: "1" }, ".tar.gz"));
  const server = await startFaultServer(Buffer.alloc(0));
  server.headers = { location: `${target.origin}/real?signature=s1gned` };
  server.headStatus = 302;
  const redirect = { kind: "status", status: 302, headers: server.headers } as const;
  server.faults.push(redirect, redirect);
  const context = quickContext();
  const headers = { "PRIVATE-TOKEN": new Secret("pr1vate") };
  const source = await open({ url: `${server.origin}/app.tar.gz`, ...login, headers }, context);
  const operation = operationContext();
  expect(await fetched(source, undefined, operation)).toEqual({ a: "1" });
  const basic = Buffer.from("jo:pa55word").toString("base64");
  expect(server.received[0]).toMatchObject({ authorization: `Basic ${basic}`, "private-token": "pr1vate" });
  expect(target.asked.length).toBe(3);
  expect(JSON.stringify(target.received)).not.toMatch(/pr1vate|Basic/);
  const shown = JSON.stringify([await source.resolve({}, operation), operation.lines, operation.reports]);
  expect(shown).not.toMatch(/pr1vate|pa55word|s1gned/);
});

it("sends a token as bearer", async () => {
  const server = await startFaultServer(Buffer.from("x"));
  const source = await open({ url: `${server.origin}/x`, file: "x", token: new Secret("t0ken") });
  await source.resolve({}, operationContext());
  expect(server.received[0]?.authorization).toBe("Bearer t0ken");
});

it("finds problems without downloading: a missing artifact, refused credentials, no server", async () => {
  const server = await startFaultServer(Buffer.from("x"));
  const source = await open({ url: `${server.origin}/x?key=hidden`, file: "x" });
  server.headStatus = 404;
  const [problem] = (await source.check?.(operationContext())) ?? [];
  expect(problem).toMatchObject({ code: "HWS_WEB_NOT_FOUND", where: "source", severity: "error" });
  expect(JSON.stringify(problem)).not.toContain("hidden");
  server.headStatus = 401;
  expect(await source.check?.(operationContext())).toMatchObject([{ code: "HWS_WEB_UNAUTHORIZED" }]);
  const nowhere = await open({ url: "http://127.0.0.1:9/x", file: "x" });
  expect(await nowhere.check?.(operationContext())).toMatchObject([{ code: "HWS_HTTP_UNREACHABLE" }]);
  expect(server.asked).toEqual(["HEAD whole", "HEAD whole"]);
});

it("takes a ca that is a file", async () => {
  const ca = join(testDirectory(), "ca.pem");
  await writeFile(ca, "nonsense");
  const source = await open({ url, ca });
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_HTTP_CA_INVALID" });
});
