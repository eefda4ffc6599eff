import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server of the test's own, on a random port of loopback. */
export interface OddServer extends AsyncDisposable {
  readonly origin: string;
  readonly requests: readonly IncomingMessage[];
}

export const oddServer = async (
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<OddServer> => {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    serve(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
