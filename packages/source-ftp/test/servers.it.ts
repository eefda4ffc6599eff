import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { Secret, type Source } from "@hawser/core/plugin";
import {
  type FtpServer,
  type FtpServerOptions,
  operationContext,
  readTree,
  receiveTree,
  startPureFtpd,
  startPyftpdlib,
  startVsftpd,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FtpSourceOptions } from "../src/index.ts";
import { loginAt, makeSource, packTo, writeFiles } from "./trial.ts";

const tree = {
  "index.html": "start\n",
  "a b/c&d;e.txt": "names\n",
  "a b/[x]*?.txt": "patterns\n",
  "-rf": "options\n",
  "übung/ä.txt": "UTF-8\n",
  ".env.dist": "hidden\n",
  "deep/er/and/deeper.txt": "deep\n",
  "empty.txt": "",
  "big.bin": "0123456789abcdef".repeat(20_000),
};

interface Kind {
  readonly name: string;
  readonly start: (options: FtpServerOptions & { readonly secure?: boolean }) => Promise<FtpServer>;
  readonly secure: boolean | "implicit";
  /** Whether the server shows symbolic links as such. */
  readonly showsLinks: boolean;
}

const root = process.getuid?.() === 0;
const kinds: readonly Kind[] = [
  // It changes its user at each login, and so serves for root alone.
  ...(root ? [{ name: "Pure-FTPd", start: startPureFtpd, secure: true, showsLinks: true } as const] : []),
  { name: "vsftpd", start: startVsftpd, secure: true, showsLinks: true },
  { name: "vsftpd with implicit TLS", start: startVsftpd, secure: "implicit", showsLinks: true },
  { name: "pyftpdlib", start: startPyftpdlib, secure: true, showsLinks: false },
];

const received = async (source: Source): Promise<string> => {
  const context = operationContext();
  const directory = join(testDirectory(), "tree");
  await mkdir(directory);
  await receiveTree(source, { revision: await source.resolve({}, context), directory }, context);
  return directory;
};

describe.each(kinds)("$name", ({ start, secure, showsLinks }) => {
  let server: FtpServer;
  beforeAll(async () => {
    server = await start({ secure: secure as true });
    writeFiles(join(server.root, "shop"), tree);
    chmodSync(join(server.root, "shop/-rf"), 0o755);
    mkdirSync(join(server.root, "shop/void"));
    packTo(join(server.root, "shop.tar.gz"), join(server.root, "shop"));
    writeFiles(join(server.root, "linked"), { "real.txt": "real\n" });
    symlinkSync("real.txt", join(server.root, "linked/link.txt"));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const source = (more: Partial<FtpSourceOptions> = {}): Promise<Source> =>
    makeSource({ ...loginAt(server), secure, ca: server.authority, path: "/shop", ...more });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "a directory and an archive arrive whole by %s",
    async (version) => {
      const directory = await received(await source({ maxTlsVersion: version }));
      expect(await readTree(directory)).toEqual(tree);
      expect((await stat(join(directory, "void"))).isDirectory()).toBe(true);
      const archive = await received(await source({ maxTlsVersion: version, path: "/shop.tar.gz" }));
      expect(await readTree(archive)).toEqual(tree);
    },
  );

  test(`symbolic links are ${showsLinks ? "refused" : "followed, since the server hides them"}`, async () => {
    const outcome = await received(await source({ path: "linked" })).then(
      readTree,
      (error: unknown) => error,
    );
    expect(outcome).toMatchObject(
      showsLinks ? { code: "HWS_FTP_LINK" } : { "real.txt": "real\n", "link.txt": "real\n" },
    );
    const without = await received(await source({ path: "linked", exclude: ["link.txt"] }));
    expect(await readTree(without)).toEqual({ "real.txt": "real\n" });
  });

  test("a path that is not there is HWS_FTP_PATH, for doctor too", async () => {
    for (const path of ["/absent", "/absent.zip"]) {
      const missing = await source({ path });
      const context = operationContext();
      await expect(missing.resolve({}, context)).rejects.toMatchObject({ code: "HWS_FTP_PATH" });
      expect(await missing.check?.(context)).toMatchObject([{ code: "HWS_FTP_PATH", where: "source" }]);
    }
  });

  test("a wrong password is HWS_FTP_AUTH, told without it", async () => {
    const wrong = await source({ password: new Secret("wrong-1a2b3c4d") });
    const error: unknown = await wrong.resolve({}, operationContext()).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "HWS_FTP_AUTH", retryable: false });
    expect(inspect(error, { depth: 9 })).not.toContain("wrong-1a2b3c4d");
  });

  test("a certificate of an unknown authority, or of another host, is HWS_FTP_CERTIFICATE", async () => {
    const { ca: _ca, ...unknown } = { ...loginAt(server), secure, path: "/shop", ca: "" };
    for (const options of [unknown, { ...unknown, ca: server.authority, host: "localhost" }]) {
      const error: unknown = await (await makeSource(options))
        .resolve({}, operationContext())
        .catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: "HWS_FTP_CERTIFICATE" });
    }
  });

  test("an unreadable file is HWS_FTP_FILE and names it", async () => {
    writeFiles(join(server.root, "closed"), { "a.txt": "a", "closed.txt": "c" });
    chmodSync(join(server.root, "closed/closed.txt"), 0);
    const outcome = await received(await source({ path: "/closed" })).catch((error: unknown) => error);
    // pyftpdlib runs as whoever runs the tests, and root may read it.
    if (typeof outcome === "string") expect(showsLinks).toBe(false);
    else
      expect(outcome).toMatchObject({ code: "HWS_FTP_FILE", message: expect.stringContaining("closed.txt") });
  });
});

test("a server that speaks another TLS than was asked for is told apart from one that is not there", async () => {
  await using plain = await startPyftpdlib({ secure: false });
  writeFiles(join(plain.root, "shop"), { a: "1" });
  const at = (secure: true | "implicit") =>
    makeSource({ host: plain.host, port: plain.port, path: "/shop", secure });
  for (const secure of [true, "implicit"] as const) {
    await expect((await at(secure)).resolve({}, operationContext())).rejects.toMatchObject({
      code: "HWS_FTP_TLS",
    });
  }
  const open = await makeSource({ ...loginAt(plain), path: "shop", secure: false, allowPlaintext: true });
  expect(await readTree(await received(open))).toEqual({ a: "1" });
  await plain[Symbol.asyncDispose]();
  await expect((await at(true)).resolve({}, operationContext())).rejects.toMatchObject({
    code: "HWS_FTP_UNREACHABLE",
    retryable: true,
  });
});
