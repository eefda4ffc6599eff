import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startToxicProxy, type ToxicProxy } from "../src/servers/toxic-proxy.ts";

let echo: Server;
let proxy: ToxicProxy;

/** Sends everything and gives what came back until the end, and how it ended. */
const exchange = async (sent: Buffer | string): Promise<{ got: Buffer; error?: string }> => {
  const socket = createConnection({ port: proxy.port });
  const chunks: Buffer[] = [];
  socket.end(sent);
  try {
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return { got: Buffer.concat(chunks) };
  } catch (error) {
    return { got: Buffer.concat(chunks), error: (error as NodeJS.ErrnoException).code ?? "" };
  }
};

const open = async (): Promise<Socket> => {
  const socket = createConnection({ port: proxy.port });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
};

beforeEach(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  proxy = await startToxicProxy({ port: (echo.address() as { port: number }).port });
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  echo.close();
});

describe("a toxic proxy", () => {
  it("passes every byte while nothing is poisoned", async () => {
    const sent = Buffer.alloc(3_000_000, "hawser");
    expect((await exchange(sent)).got.equals(sent)).toBe(true);
    expect(proxy.bytes).toEqual({ upstream: sent.length, downstream: sent.length });
  });

  it.each([0, 1, 100_000])("cuts after exactly %d bytes", async (afterBytes) => {
    proxy.poison("downstream", { kind: "cut", afterBytes, by: "fin" });
    expect((await exchange(Buffer.alloc(300_000))).got.length).toBe(afterBytes);
  });

  it("cuts with a reset that the client sees", async () => {
    proxy.poison("downstream", { kind: "cut", afterBytes: 10, by: "rst" });
    expect(await exchange(Buffer.alloc(1_000))).toMatchObject({ error: "ECONNRESET" });
  });

  it("swallows bytes in silence, and carries new connections once healed", async () => {
    proxy.poison("downstream", { kind: "blackhole" });
    const silent = await open();
    let heard = false;
    silent.on("data", () => {
      heard = true;
    });
    silent.write("hello");
    await expect.poll(() => proxy.bytes.upstream).toBe(5);
    proxy.heal();
    expect((await exchange("again")).got.toString()).toBe("again");
    expect(heard).toBe(false);
    expect(silent.destroyed).toBe(false);
    silent.destroy();
  });

  it.each([
    { kind: "latency", ms: 30 },
    { kind: "bandwidth", bytesPerSecond: 2_000_000 },
  ] as const)("delays by $kind without losing a byte", async (toxic) => {
    proxy.poison("downstream", toxic);
    const sent = Buffer.alloc(200_000, "x");
    const start = performance.now();
    expect((await exchange(sent)).got.equals(sent)).toBe(true);
    // At the least, however busy the machine: timers are never early by more than a millisecond.
    expect(performance.now() - start).toBeGreaterThan(25);
  });

  it("resets what is open, and refuses what is new until healed", async () => {
    const socket = await open();
    await expect.poll(() => proxy.connections).toBe(1);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    proxy.reset();
    await closed;
    proxy.refuse();
    expect((await exchange("hello")).error).toBe("ECONNRESET");
    proxy.heal();
    expect((await exchange("hello")).got.toString()).toBe("hello");
  });

  it("reaches a server of a UNIX socket as well as of TCP, and says nothing of one that is away", async () => {
    const away = await startToxicProxy({ path: "/nonexistent/server.sock" });
    const socket = createConnection({ port: away.port });
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("close", resolve));
    await away[Symbol.asyncDispose]();
  });
});
