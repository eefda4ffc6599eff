import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@hawser/core/plugin";
import { operationContext, type SftpServer, startSftpServer, startToxicProxy } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, type SshTarget } from "../src/index.ts";

let server: SftpServer;
beforeAll(async () => {
  server = await startSftpServer();
  mkdirSync(join(server.directory, "site/empty"), { recursive: true });
  writeFileSync(join(server.directory, "site/page"), "0123456789", { mode: 0o755 });
  symlinkSync("page", join(server.directory, "site/link"));
});
afterAll(() => server[Symbol.asyncDispose]());

const target = (more: Partial<SshTarget> = {}): SshTarget => ({
  host: server.host,
  port: server.port,
  user: server.user,
  privateKey: server.privateKey,
  knownHosts: [server.knownHosts],
  ...more,
});
const at = (path: string): string => join(server.path, path);

describe("a session of SFTP", () => {
  test("lists a directory with kind, mode and size, and reads links and any part of a file", async () => {
    await using connection = await connect(target(), operationContext());
    const sftp = await connection.sftp();
    const names = [...(await sftp.list(at("site"), 100))].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(names).toMatchObject([
      { name: "empty", kind: "directory" },
      { name: "link", kind: "link" },
      { name: "page", kind: "file", mode: 0o755, sizeBytes: 10 },
    ]);
    expect(await sftp.readLink(at("site/link"))).toBe("page");
    expect(await sftp.realPath(at("site/link"))).toBe(at("site/page"));
    const file = await sftp.open(at("site/page"));
    const parts = await Promise.all([file.read(8, 100), file.read(2, 3), file.read(10, 1)]);
    expect(parts.map(String)).toEqual(["89", "234", ""]);
    expect(await file.attributes()).toMatchObject({ kind: "file", sizeBytes: 10 });
  });

  test("says whether a path is missing or was refused", async () => {
    await using connection = await connect(target(), operationContext());
    const sftp = await connection.sftp();
    const failure = (status: string) => ({ code: "HWS_SSH_SFTP_STATUS", details: { status } });
    await expect(sftp.open(at("nowhere"))).rejects.toMatchObject(failure("missing"));
    await expect(sftp.list(at("nowhere"), 1)).rejects.toMatchObject(failure("missing"));
    const directory = await sftp.open(at("site"));
    await expect(directory.read(0, 1)).rejects.toMatchObject(failure("failed"));
  });

  test("ends with its connection, and with it what was asked", async () => {
    const connection = await connect(target(), operationContext());
    const sftp = await connection.sftp();
    const asked = Promise.allSettled(Array.from({ length: 20 }, () => sftp.attributes(at("site"))));
    await connection[Symbol.asyncDispose]();
    const codes = (await asked).map((end) => end.status === "rejected" && end.reason.code);
    expect(codes.filter((code) => code !== false && code !== "HWS_TRANSPORT_LOST")).toEqual([]);
    await expect(sftp.attributes(at("site"))).rejects.toMatchObject({ code: "HWS_TRANSPORT_LOST" });
  });
});

test("a connection to a server that fell silent can be ended, and with it what was asked", async () => {
  await using proxy = await startToxicProxy({ host: server.host, port: server.port });
  const { host, port } = proxy;
  const connection = await connect(
    target({ host, port, knownHosts: [server.knownHostsOf(proxy)] }),
    operationContext(),
  );
  const sftp = await connection.sftp();
  for (const direction of ["upstream", "downstream"] as const) proxy.poison(direction, { kind: "blackhole" });
  const asked = expect(sftp.attributes(at("site"))).rejects.toMatchObject({ code: "HWS_TRANSPORT_LOST" });
  await connection[Symbol.asyncDispose]();
  await asked;
});

describe.each(["password", "keyboardInteractive"] as const)("a server that takes a password (%s)", (how) => {
  let strict: SftpServer;
  beforeAll(async () => {
    strict = await startSftpServer({ password: how, sshd: ["PubkeyAuthentication no"] });
  });
  afterAll(() => strict[Symbol.asyncDispose]());

  const login = async (password: string): Promise<string> => {
    const { host, port, user } = strict;
    const wanted = { host, port, user, knownHosts: [strict.knownHosts], password: new Secret(password) };
    await using connection = await connect(wanted, operationContext());
    return await (await connection.sftp()).realPath(strict.path);
  };

  test("lets the right one in", async () => {
    expect(await login(strict.password)).toBe(strict.path);
  });

  test("refuses another, and the error does not hold it", async () => {
    const error = await login("wrong-7f3a").catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "HWS_TRANSPORT_AUTH",
      message: expect.stringContaining("tried the password"),
    });
    expect(JSON.stringify(error) + String(error)).not.toContain("wrong-7f3a");
  });
});

test("a server without the subsystem is told as one", async () => {
  await using other = await startSftpServer({
    sshd: ["Subsystem other internal-sftp", "ForceCommand /bin/false"],
  });
  const { host, port, user, privateKey } = other;
  await using connection = await connect(
    { host, port, user, privateKey, knownHosts: [other.knownHosts] },
    operationContext(),
  );
  await expect(connection.sftp()).rejects.toMatchObject({ code: "HWS_SSH_SFTP" });
});
