import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A port that is free now on this address. */
export const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    // A machine that is only coming up may swallow the first packets.
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });

/** Waits until a server accepts connections. `failed` says why it never will. Default limit: 20 s. */
export const waitForPort = async (
  host: string,
  port: number,
  failed: () => string | undefined = () => undefined,
  limitMs = 20_000,
): Promise<void> => {
  for (let waited = 0; waited < limitMs; waited += 50) {
    if (await answers(host, port)) return;
    const why = failed();
    if (why !== undefined) throw new Error(`the server on ${host}:${port} ended: ${why}`);
    await sleep(50);
  }
  throw new Error(`nothing answers on ${host}:${port}`);
};
