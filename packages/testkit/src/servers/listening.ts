import { once } from "node:events";
import type { Server } from "node:http";

/** A server that listens; disposing ends its connections too. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** Lets an HTTP server listen on a random port of loopback. */
export const listenOn = async (server: Server): Promise<Listening> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
