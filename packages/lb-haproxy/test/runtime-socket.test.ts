import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operationContext } from "@hawser/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { doorOf } from "../src/door.ts";
import { Haproxy } from "../src/haproxy.ts";
import { RuntimeSocket } from "../src/runtime-socket.ts";
import { lookAnswer } from "./look.ts";

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

/** A runtime API that behaves as told. */
const apiThat = async (behave: (socket: Socket) => void): Promise<RuntimeSocket> => {
  const path = join(tmpdir(), `api-${randomUUID().slice(0, 12)}.sock`);
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => behave(socket));
  }).listen(path);
  await once(server, "listening");
  return new RuntimeSocket(path, doorOf(path, {}));
};

describe("the runtime API", () => {
  it("is asked one line a connection and answers until the end", async () => {
    const api = await apiThat((socket) => {
      socket.write("1.2");
      socket.end(".3\n");
    });
    expect(await api.ask("show version", operationContext())).toBe("1.2.3\n");
  });

  it("is HWS_LB_UNREACHABLE, to be tried again, when nobody listens", async () => {
    const path = join(tmpdir(), `nobody-${randomUUID()}.sock`);
    await expect(
      new RuntimeSocket(path, doorOf(path, {})).ask("show info", operationContext()),
    ).rejects.toMatchObject({ code: "HWS_LB_UNREACHABLE", retryable: true });
  });

  it("is HWS_LB_UNREACHABLE when the connection ends before an answer", async () => {
    const api = await apiThat((socket) => socket.end());
    await expect(api.ask("set server a/b state ready", operationContext())).rejects.toMatchObject({
      code: "HWS_LB_UNREACHABLE",
      retryable: true,
    });
  });

  it("is HWS_LB_BAD_ANSWER when the answer has no end", async () => {
    const api = await apiThat((socket) => {
      const chunk = Buffer.alloc(1024 * 1024, "x");
      const more = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on("drain", more);
      more();
    });
    await expect(api.ask("show info", operationContext())).rejects.toMatchObject({
      code: "HWS_LB_BAD_ANSWER",
    });
  });

  it("is left when the signal is aborted while it is silent", async () => {
    const stop = new AbortController();
    const api = await apiThat(() => stop.abort());
    await expect(api.ask("show info", operationContext({ signal: stop.signal }))).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  it("is not asked at all when the signal was aborted before", async () => {
    let asked = false;
    const api = await apiThat(() => {
      asked = true;
    });
    await expect(api.ask("show info", operationContext({ signal: AbortSignal.abort() }))).rejects.toThrow();
    expect(asked).toBe(false);
  });
});

describe("a look", () => {
  it.each([
    ["Can't find backend.\n\nNo such proxy.\n\n", "HWS_LB_UNKNOWN_BACKEND", false],
    ["Permission denied\n\n", "HWS_LB_NOT_ADMIN", false],
    [`${lookAnswer([{}])}more`, "HWS_LB_BAD_ANSWER", true],
    ["HTTP/1.1 400 Bad Request\r\n\r\n", "HWS_LB_BAD_ANSWER", true],
  ])("that is answered with %j is %s", async (answer, code, retryable) => {
    const api = await apiThat((socket) => socket.end(answer));
    await expect(new Haproxy(api, "app").look(operationContext())).rejects.toMatchObject({ code, retryable });
  });
});
