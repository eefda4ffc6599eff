import { errors } from "./errors.ts";

/** Where a runtime API listens. */
export type SocketAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | {
      readonly kind: "ssh";
      readonly user?: string;
      readonly host: string;
      readonly port?: number;
      readonly path: string;
    };

const path = String.raw`(?<path>/[^\0\n]{1,106})`;
const host = String.raw`(?<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])`;
const unixSocket = new RegExp(`^${path}$`);
const tcpSocket = new RegExp(`^tcp://${host}:(?<port>[0-9]{1,5})$`);
const sshSocket = new RegExp(
  `^ssh://(?:(?<user>[A-Za-z0-9_][A-Za-z0-9_.-]{0,63})@)?${host}(?::(?<port>[0-9]{1,5}))?${path}$`,
);

const portOf = (text: string, socket: string): number => {
  const port = Number(text);
  if (port < 1 || port > 65535) throw errors.HWS_LB_BAD_SOCKET([socket]);
  return port;
};

const bare = (host = ""): string => host.replace(/^\[|\]$/g, "");

/** Reads one `socket` option. A UNIX path may have 107 bytes: the kernel takes no longer one. */
export const parseSocket = (socket: string): SocketAddress => {
  const unix = unixSocket.exec(socket)?.groups;
  if (unix) return { kind: "unix", path: unix.path ?? "" };
  const tcp = tcpSocket.exec(socket)?.groups;
  if (tcp) return { kind: "tcp", host: bare(tcp.host), port: portOf(tcp.port ?? "", socket) };
  const ssh = sshSocket.exec(socket)?.groups;
  if (!ssh) throw errors.HWS_LB_BAD_SOCKET([socket]);
  return {
    kind: "ssh",
    host: bare(ssh.host),
    path: ssh.path ?? "",
    ...(ssh.user !== undefined && { user: ssh.user }),
    ...(ssh.port !== undefined && { port: portOf(ssh.port, socket) }),
  };
};
