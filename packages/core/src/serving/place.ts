import { isIP } from "node:net";

/** Where something is served. */
export interface ServingPlace {
  /** An address, never a name. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `port` or `address:port` (IPv6 in brackets); undefined when it is neither. A port alone is one of the loopback
 * address: another address has to be named. Port 0 is a free one.
 */
export const servingPlaceOf = (text: string): ServingPlace | undefined => {
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "127.0.0.1";
  const port = Number(digits);
  return digits === undefined || port > 65_535 || isIP(host) === 0 ? undefined : { host, port };
};

/** An address as it stands in a URL. */
export const hostInUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);
