import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { type Revision, Secret, type Source } from "@hawser/core/plugin";
import {
  makeServerCertificate,
  operationContext,
  pluginContext,
  readTree,
  testDirectory,
} from "@hawser/testkit";
import { expect, test } from "vitest";
import { placeOf } from "../src/ftp-place.ts";
import type { FtpSourceOptions } from "../src/index.ts";
import { TreeSource } from "../src/tree-source.ts";
import { file, folder, type HostileServer, startHostileServer } from "./hostile-server.ts";
import { makeSource } from "./trial.ts";

const password = "pw-5f6e7d8c9b0a";

/** Plain FTP, so that the server sees every command. */
const sourceAt = (
  { host, port }: Pick<HostileServer, "host" | "port">,
  more: Partial<FtpSourceOptions> = {},
): Promise<Source> => makeSource({ host, port, path: "/shop", secure: false, ...more });

const failure = async (work: Promise<unknown>): Promise<Error & { code?: string }> => {
  const error: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof Error)) throw new Error("it did not fail");
  return error;
};

const resolve = (source: Source): Promise<Revision> => source.resolve({}, operationContext());

const fetched = async (source: Source): Promise<string> => {
  const directory = testDirectory();
  await source.fetch?.({ revision: await resolve(source), directory }, operationContext());
  return directory;
};

test("a good server's tree arrives", async () => {
  await using server = await startHostileServer();
  expect(await readTree(await fetched(await sourceAt(server)))).toEqual({ "index.html": "hello" });
});

test.each([
  "../../etc/cron.d/x",
  "a/b",
  "/etc/passwd",
  "..",
  "a\x01b",
  "a\x1b[2Jb",
  "a\rb",
  "\ufffd",
  "n".repeat(256),
])("the name %j is refused before anything is asked for or written", async (name) => {
  await using server = await startHostileServer({ listing: () => [file("good"), file(name)] });
  const parent = testDirectory();
  const { host, port } = server;
  const context = pluginContext({ cacheDirectory: join(parent, "cache") });
  const source = await makeSource({ host, port, path: "/shop", secure: false }, context);
  const directory = join(parent, "tree");
  const revision = { id: "listing-0", exact: false };
  expect((await failure(resolve(source))).code).toMatch(/^HWS_FTP_(?:NAME|LISTING)$/);
  const fetch = Promise.resolve(source.fetch?.({ revision, directory }, operationContext()));
  expect((await failure(fetch)).code).toMatch(/^HWS_FTP_(?:NAME|LISTING)$/);
  expect(server.commands.filter((command) => /^(?:RETR|SIZE|MDTM)/.test(command))).toEqual([]);
  expect(readdirSync(parent)).toEqual([]);
});

test("names that mean something to JavaScript are names", async () => {
  const names = ["__proto__", "constructor", "-rf", "$(id)", "a;b=c; d", "ü"];
  await using server = await startHostileServer({ listing: () => names.map((name) => file(name)) });
  const source = await sourceAt(server);
  await fetched(source);
  expect(readdirSync(await fetched(source)).sort()).toEqual([...names].sort());
});

test("a line that is not understood refuses the listing instead of leaving a file out", async () => {
  await using server = await startHostileServer({ listing: () => [file("good"), "what is this\r\n"] });
  expect((await failure(resolve(await sourceAt(server)))).code).toBe("HWS_FTP_LISTING");
});

test("a name that stands twice is refused", async () => {
  await using server = await startHostileServer({ listing: () => [file("a"), file("a", 7)] });
  expect((await failure(resolve(await sourceAt(server)))).code).toBe("HWS_FTP_LISTING");
});

test.each([
  ["a link", "type=OS.unix=slink:/etc/passwd;size=5; passwd\r\n", "HWS_FTP_LINK"],
  ["a device", "type=OS.unix=blkdev;size=5; sda\r\n", "HWS_FTP_SPECIAL"],
  ["a file without a size", "type=file; a\r\n", "HWS_FTP_LISTING"],
])("%s is refused, and let be when it is excluded", async (_, line, code) => {
  const listing = () => [file("good"), line];
  await using server = await startHostileServer({ listing });
  expect((await failure(resolve(await sourceAt(server)))).code).toBe(code);
  const name = line.trim().split(" ").at(-1) ?? "";
  const tree = await readTree(await fetched(await sourceAt(server, { exclude: [name] })));
  expect(Object.keys(tree)).toEqual(["good"]);
});

test("a directory without end is refused at 64 levels", async () => {
  await using server = await startHostileServer({ listing: () => [folder("again")] });
  const error = await failure(resolve(await sourceAt(server)));
  expect(error.code).toBe("HWS_FTP_LIMIT");
  expect(server.commands.filter((command) => command === "MLSD").length).toBeLessThan(70);
});

const million = 1_000_000;

test("a million short names are refused", async () => {
  const listing = function* () {
    for (let count = 0; count < million; count += 1000) {
      yield Array.from({ length: 1000 }, (_, index) => file(`${count + index}`)).join("");
    }
  };
  await using server = await startHostileServer({ listing });
  expect((await failure(resolve(await sourceAt(server)))).code).toBe("HWS_FTP_LIMIT");
});

test("an endless listing is not read on beyond its limit", async () => {
  const line = file("n".repeat(200)).repeat(100);
  const listing = function* () {
    for (let count = 0; count < 10_000; count += 1) yield line;
  };
  await using server = await startHostileServer({ listing });
  expect((await failure(resolve(await sourceAt(server)))).code).toBe("HWS_FTP_LIMIT");
  expect(server.sentBytes).toBeLessThan(64 << 20);
});

test("a greeting of 100 MB ends the connection, and memory does not grow with it", async () => {
  const line = `220-${"x".repeat(1000)}\r\n`.repeat(64);
  const banner = function* () {
    for (let bytes = 0; bytes < 100 << 20; bytes += line.length) yield line;
  };
  await using server = await startHostileServer({ banner });
  const before = process.memoryUsage().rss;
  expect((await failure(resolve(await sourceAt(server)))).code).toBe("HWS_FTP_UNREACHABLE");
  expect(server.sentBytes).toBeLessThan(16 << 20);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
});

test.each([
  ["path", { path: "/shop\r\nDELE x" }],
  ["path", { path: "/shop\0" }],
  ["path", { path: "/shop/../../etc" }],
  ["username", { username: "deploy\r\nDELE x" }],
  ["password", { password: new Secret(`${password}\r\nDELE x`), allowPlaintext: true }],
  ["host", { host: "127.0.0.1\r\nx" }],
  ["host", { host: "-oProxyCommand=x" }],
  ["stripComponents", { stripComponents: 1 }],
  ["exclude", { exclude: ["../x"] }],
  ["connections", { path: "/shop.tgz", connections: 2 }],
  ["ca", { ca: "/ca.pem" }],
])("the option %s is refused in %j, and no server is contacted", async (option, more) => {
  await using server = await startHostileServer();
  const error = await failure(sourceAt(server, more));
  expect(error).toMatchObject({ code: "HWS_FTP_OPTION", message: expect.stringContaining(option) });
  expect(inspect(error, { depth: 9 })).not.toContain(password);
  expect(server.connections).toBe(0);
});

test("a password is not sent without TLS unless that is allowed, and then it is warned of", async () => {
  await using server = await startHostileServer();
  const secret = new Secret(password);
  const error = await failure(sourceAt(server, { password: secret }));
  expect(error.code).toBe("HWS_FTP_PLAINTEXT");
  expect(inspect(error, { depth: 9 })).not.toContain(password);
  expect(server.connections).toBe(0);
  const source = await sourceAt(server, { password: secret, allowPlaintext: true });
  expect(await source.check?.(operationContext())).toMatchObject([
    { code: "HWS_FTP_UNENCRYPTED", severity: "warning" },
  ]);
  expect(server.commands).toContain(`PASS ${password}`);
});

test("a server that refuses TLS is refused, and is sent neither name nor password", async () => {
  await using server = await startHostileServer();
  const source = await sourceAt(server, { secure: true, username: "deploy", password: new Secret(password) });
  expect((await failure(resolve(source))).code).toBe("HWS_FTP_TLS");
  expect(server.commands).toContain("AUTH TLS");
  expect(server.commands.join()).not.toMatch(/USER|PASS/);
});

test("replies that were slipped in before TLS count for nothing", async () => {
  const reply = (command: string) =>
    command === "AUTH" ? "234 go\r\n230 you are in\r\n230 you are in" : undefined;
  await using server = await startHostileServer({ reply });
  const source = await sourceAt(server, { secure: true, password: new Secret(password) });
  expect((await failure(resolve(source))).code).toBe("HWS_FTP_TLS");
  expect(server.commands.join()).not.toMatch(/USER|PASS/);
});

test("a handshake that stands still is given up", async () => {
  const reply = (command: string) => (command === "AUTH" ? "234 go" : undefined);
  await using server = await startHostileServer({ reply });
  const context = pluginContext();
  const options = { host: server.host, port: server.port, path: "/shop" };
  const place = { ...(await placeOf(options, context)), silenceMs: 200 };
  expect((await failure(resolve(new TreeSource(place, options, context)))).code).toBe("HWS_FTP_TLS");
});

test("a server that does not encrypt data connections is refused before a listing", async () => {
  const directory = testDirectory();
  const certificate = await makeServerCertificate(directory, "127.0.0.1");
  const reply = (command: string) => (command === "PROT" ? "536 no" : undefined);
  await using server = await startHostileServer({ reply, certificate });
  const source = await sourceAt(server, { secure: true, ca: certificate.authority });
  expect((await failure(resolve(source))).code).toBe("HWS_FTP_TLS");
  expect(server.commands.join()).not.toMatch(/EPSV|PASV|MLSD/);
});

test("a refused login is told without the password, though the reply repeats it", async () => {
  const reply = (command: string, argument: string) =>
    command === "PASS" ? `530 ${argument} is wrong` : undefined;
  await using server = await startHostileServer({ reply });
  const source = await sourceAt(server, { password: new Secret(password), allowPlaintext: true });
  const context = operationContext();
  const error = await failure(source.resolve({}, context));
  expect(error.code).toBe("HWS_FTP_AUTH");
  expect(inspect([error, context.lines, source], { depth: 9, showHidden: true })).not.toContain(password);
});

test("the address in a reply to PASV is not connected to", async () => {
  const other = createServer();
  let visits = 0;
  other.on("connection", (socket) => {
    visits += 1;
    socket.destroy();
  });
  await using server = await startHostileServer({ announce: "127.66.77.88" });
  other.listen(0, "127.66.77.88");
  await once(other, "listening");
  expect(await readTree(await fetched(await sourceAt(server)))).toEqual({ "index.html": "hello" });
  expect(visits).toBe(0);
  other.close();
});

test.each(["229 (|||0|)", "229 nonsense", "229 (|||1|)", "425 no ports"])(
  "the reply %j to EPSV is a refused data connection",
  async (answer) => {
    await using server = await startHostileServer({
      reply: (command) => (command === "EPSV" ? answer : undefined),
    });
    expect(await failure(resolve(await sourceAt(server)))).toMatchObject({
      code: "HWS_FTP_DATA",
      retryable: true,
    });
  },
);

test.each([
  ["fewer", 7, "5"],
  ["more", 3, "more"],
])("a file of %s bytes than listed is refused", async (_, sizeBytes, got) => {
  await using server = await startHostileServer({ listing: () => [file("a", sizeBytes)] });
  const error = await failure(fetched(await sourceAt(server)));
  expect(error).toMatchObject({
    code: "HWS_FTP_LENGTH",
    message: expect.stringContaining(`and ${got} came`),
  });
});

test("a directory that changes while its files are received is a moved source", async () => {
  let listings = 0;
  await using server = await startHostileServer({
    listing: () => [file("a"), ...(++listings > 2 ? [file("b")] : [])],
  });
  const error = await failure(fetched(await sourceAt(server)));
  expect(error.code).toBe("HWS_SOURCE_MOVED");
});

test("an empty directory, and a listing that ends in the middle of a line, are no application", async () => {
  await using empty = await startHostileServer({ listing: () => [] });
  expect((await failure(resolve(await sourceAt(empty)))).code).toBe("HWS_FTP_EMPTY");
  await using cut = await startHostileServer({ listing: () => [file("a"), file("bcd").slice(0, -3)] });
  expect(await failure(resolve(await sourceAt(cut)))).toMatchObject({ code: "HWS_FTP_CUT", retryable: true });
});

test("a directory that is not listed with itself, though the root is, was cut short", async () => {
  await using server = await startHostileServer({
    listing: (path) => (path === "/shop" ? ["type=cdir; .\r\n", folder("inner")] : []),
  });
  expect((await failure(resolve(await sourceAt(server)))).code).toBe("HWS_FTP_CUT");
});

test("a server that allows one connection is read over that one", async () => {
  let logins = 0;
  const names = Array.from({ length: 40 }, (_, index) => `file-${index}`);
  await using server = await startHostileServer({
    listing: () => names.map((name) => file(name)),
    reply: (command) => {
      if (command !== "PASS") return undefined;
      logins += 1;
      return logins > 2 ? "421 too many" : undefined;
    },
  });
  expect(Object.keys(await readTree(await fetched(await sourceAt(server))))).toHaveLength(40);
});
