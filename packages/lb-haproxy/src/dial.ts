import { createConnection, type NetConnectOpts, type Socket } from "node:net";
import type { OperationContext } from "@hawser/core/plugin";
import type { Dial } from "./runtime-socket.ts";

const connected = (options: NetConnectOpts, context: OperationContext): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(options);
    const stop = () => socket.destroy(new Error("stopped"));
    context.signal.addEventListener("abort", stop, { once: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      context.signal.removeEventListener("abort", stop);
      socket.off("error", reject);
      resolve(socket);
    });
    if (context.signal.aborted) stop();
  });

/** Reaches the runtime API on this machine. */
export const dialUnix =
  (path: string): Dial =>
  (context) =>
    connected({ path }, context);

/** Reaches the runtime API over plain TCP, which nothing protects: for loopback and closed networks. */
export const dialTcp =
  (host: string, port: number): Dial =>
  (context) =>
    connected({ host, port, noDelay: true }, context);
