import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A server before another one that lets one request in at a time, each whole before its turn. */
export interface SingleFile extends AsyncDisposable {
  readonly port: number;
}

const pass = async (
  port: number,
  incoming: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> => {
  const { method, url, headers } = incoming;
  const passed = request({ host: "127.0.0.1", port, method, path: url, headers, agent: false });
  passed.end(body);
  const [answer] = (await once(passed, "response")) as [IncomingMessage];
  const bytes = await buffer(answer);
  const { "transfer-encoding": _, ...told } = answer.headers;
  const length = method === "HEAD" ? {} : { "content-length": String(bytes.length) };
  response.writeHead(answer.statusCode ?? 500, { ...told, ...length });
  response.end(method === "HEAD" ? undefined : bytes);
};

/** Starts it on a random port of loopback. */
export const startSingleFile = async (port: number): Promise<SingleFile> => {
  let last: Promise<void> = Promise.resolve();
  const front = createServer(async (incoming, response) => {
    try {
      const body = await buffer(incoming);
      const turn = last.then(() => pass(port, incoming, body, response));
      last = turn.catch(() => {});
      await turn;
    } catch (error) {
      response.destroy(error as Error);
    }
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  return {
    port: (front.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      front.closeAllConnections();
      front.close();
      await once(front, "close");
    },
  };
};
