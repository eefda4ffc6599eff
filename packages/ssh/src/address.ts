import { isIP } from "node:net";
import { errors } from "./errors.ts";

/** One machine on the way: where an SSH server listens and as whom to come. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

export const defaultPort = 22;

const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;
const userName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;

/** Passes a host name or IP address through its grammar. A zone (`fe80::1%eth0`) is allowed. */
export const checkHost = (host: string): string => {
  const zoneless = /^([0-9A-Fa-f:.]+)%[A-Za-z0-9._-]{1,15}$/.exec(host)?.[1] ?? host;
  if (isIP(zoneless) === 0 && !hostName.test(host)) throw errors.HWS_SSH_HOST(["the host", host]);
  return host;
};

export const checkUser = (user: string): string => {
  if (!userName.test(user)) throw errors.HWS_SSH_HOST(["the user", user]);
  return user;
};

export const checkPort = (port: number): number => {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw errors.HWS_SSH_HOST(["the port", String(port)]);
  return port;
};

export const checkHop = (hop: Hop): Hop => ({
  host: checkHost(hop.host),
  port: checkPort(hop.port),
  user: checkUser(hop.user),
});

/** `host:port` for people; an IPv6 address in brackets. */
export const describe = (hop: { readonly host: string; readonly port: number }): string =>
  `${hop.host.includes(":") ? `[${hop.host}]` : hop.host}:${hop.port}`;

const jumpHop = /^(?:([^@[\]]*)@)?(?:\[([^[\]]*)\]|([^@:[\]]*))(?::([0-9]{1,5}))?$/;

/** Reads `user@host:port`, a chain by comma, nearest first; user and port may be left out. */
export const parseJump = (jump: string, user: string): readonly Hop[] =>
  jump.split(",").map((part) => {
    const match = jumpHop.exec(part.trim());
    if (match === null) throw errors.HWS_SSH_HOST(["the jump host", part]);
    return checkHop({
      user: match[1] ?? user,
      host: match[2] ?? match[3] ?? "",
      port: match[4] === undefined ? defaultPort : Number(match[4]),
    });
  });
