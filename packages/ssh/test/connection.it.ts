import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Fleet, operationContext, startFleet } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Connection, connect, Routes, type Shell, SshProgram, type SshTarget } from "../src/index.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ count: 3 });
});
afterAll(() => fleet[Symbol.asyncDispose]());

const context = operationContext;
const target = (more: Partial<SshTarget> = {}): SshTarget => ({
  host: fleet.instances[0]!.address,
  user: fleet.user,
  privateKey: fleet.privateKey,
  knownHosts: [fleet.knownHosts],
  ...more,
});
const jumps = (count: number): Partial<SshTarget> => {
  const chain = fleet.instances.slice(1, 1 + count).map((each) => each.address);
  return count === 0 ? {} : { jump: chain.join(",") };
};

const drivers: Record<
  string,
  () => AsyncDisposable & { connect: Routes["connect"] | SshProgram["connect"] }
> = {
  ssh2: () => new Routes(),
  openssh: () => new SshProgram(),
};

describe.each(Object.keys(drivers))("a command with %s", (name) => {
  test.each([0, 1, 2])("has its input, output and end over %s jump hosts", async (count) => {
    await using driver = drivers[name]!();
    await using shell: Shell = await driver.connect(target(jumps(count)), context());
    const channel = await shell.start("hostname; cat; echo oops >&2; exit 3");
    channel.writable.end("hello\n");
    expect(await text(channel.readable)).toBe("web1\nhello\n");
    expect(await channel.closed).toBe("the command ended with status 3: oops");
  });

  test("that is killed says so", async () => {
    await using driver = drivers[name]!();
    await using shell = await driver.connect(target(), context());
    const channel = await shell.start("kill -KILL $$");
    channel.readable.resume();
    expect(await channel.closed).toMatch(/was ended by SIGKILL|status 137|connection .* was lost/);
  });

  test("ends on the instance when its channel is closed", async () => {
    await using driver = drivers[name]!();
    await using shell = await driver.connect(target(), context());
    const channel = await shell.start("echo $$; exec cat");
    const [pid] = await once(channel.readable, "data");
    const running = async (): Promise<number> =>
      (await fleet.exec("web1", ["test", "-d", `/proc/${String(pid).trim()}`])).exitCode;
    expect(await running()).toBe(0);
    channel.close();
    await expect.poll(running, { timeout: 20_000 }).toBe(1);
  });

  test("writes any amount to standard error without standing still", async () => {
    await using driver = drivers[name]!();
    await using shell = await driver.connect(target(), context());
    const channel = await shell.start("yes error | head -c 5000000 >&2; echo done; echo last words >&2");
    expect(await text(channel.readable)).toBe("done\n");
    const said = await channel.closed;
    expect(said).toContain("last words");
    expect(said.length).toBeLessThan(9_000);
  });

  test("is not started once the signal came", async () => {
    await using driver = drivers[name]!();
    const signal = AbortSignal.abort(new Error("gave up"));
    const starting = async () => (await driver.connect(target(), context({ signal }))).start("true");
    await expect(starting()).rejects.toThrow("gave up");
  });
});

describe("a connection of ssh2", () => {
  const connected = (more: Partial<SshTarget> = {}): Promise<Connection> => connect(target(more), context());

  test("carries streams to Unix sockets of the machine", async () => {
    const path = join(fleet.folder, "echo.sock");
    const server = createServer((socket) => socket.pipe(socket)).listen(path);
    await once(server, "listening");
    await using connection = await connected();
    const stream = await connection.forwardStream(path);
    stream.end("over a socket\n");
    expect(await text(stream)).toBe("over a socket\n");
    server.close();
  });

  test("carries TCP streams to what the machine reaches", async () => {
    await using connection = await connected();
    const stream = await connection.forwardTcp(fleet.instances[1]!.address, 22);
    const [banner] = await once(stream, "data");
    expect(String(banner)).toMatch(/^SSH-2.0-/);
    stream.destroy();
  });

  test("says why a socket could not be opened", async () => {
    await using connection = await connected();
    await expect(connection.forwardStream("/nowhere.sock")).rejects.toMatchObject({
      code: "HWS_SSH_FORWARD",
    });
    await expect(connection.forwardTcp("127.0.0.1", 9)).rejects.toMatchObject({ code: "HWS_SSH_FORWARD" });
  });

  test("that has ended starts nothing more, and may be ended twice", async () => {
    const connection = await connected(jumps(1));
    await connection[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
    await expect(connection.start("true")).rejects.toMatchObject({ code: "HWS_TRANSPORT_LOST" });
  });

  test("that names a target behind a jump host says that the target does not answer", async () => {
    await expect(connected({ ...jumps(1), port: 9 })).rejects.toMatchObject({
      code: "HWS_TRANSPORT_UNREACHABLE",
      message: expect.stringContaining(`${fleet.instances[0]!.address}:9`),
    });
  });
});
