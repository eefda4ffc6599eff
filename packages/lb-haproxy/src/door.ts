import { createConnection, type NetConnectOpts, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { OperationContext } from "@hawser/core/plugin";
import { type Files, localFiles } from "./files.ts";
import type { HaproxyOptions } from "./options.ts";
import { parseSocket } from "./socket-address.ts";
import { SshDoor } from "./ssh-door.ts";

/** A way to the runtime API: each command takes a stream of its own. */
export interface Door {
  /** The files of the machine behind it, where it reaches them. */
  readonly files?: Files;
  open(context: OperationContext): Promise<Duplex>;
  [Symbol.asyncDispose]?(): Promise<void>;
}

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

/** The door that a `socket` option names. Plain TCP is for loopback and closed networks: nothing protects it. */
export const doorOf = (
  socket: string,
  options: Pick<HaproxyOptions, "privateKey" | "knownHosts" | "jump">,
): Door => {
  const address = parseSocket(socket);
  if (address.kind === "unix")
    return { files: localFiles, open: (context) => connected({ path: address.path }, context) };
  if (address.kind === "tcp") {
    const { host, port } = address;
    return { open: (context) => connected({ host, port, noDelay: true }, context) };
  }
  const { privateKey, knownHosts, jump } = options;
  return new SshDoor(
    {
      host: address.host,
      ...(address.port !== undefined && { port: address.port }),
      ...(address.user !== undefined && { user: address.user }),
      ...(privateKey !== undefined && { privateKey }),
      ...(knownHosts !== undefined && { knownHosts: [knownHosts] }),
      ...(jump !== undefined && { jump }),
    },
    address.path,
  );
};
