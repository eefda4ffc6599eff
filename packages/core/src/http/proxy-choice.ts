import { BlockList, isIP, isIPv6 } from "node:net";
import { httpErrors } from "../errors/http-codes.ts";
import { literalClassOf } from "./address-class.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const read = (environment: Environment, name: string): string =>
  environment[name.toLowerCase()] ?? environment[name] ?? "";

const familyOf = (address: string): "ipv4" | "ipv6" => (isIPv6(address) ? "ipv6" : "ipv4");

const isInSubnet = (host: string, entry: string): boolean => {
  const [address = "", bits = ""] = entry.split("/");
  if (isIP(host) === 0 || isIP(address) === 0 || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (isIPv6(address) ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), familyOf(address));
  return list.check(host, familyOf(host));
};

/** `*`, a host, a domain with or without a leading dot, an address, a subnet; a port narrows it. */
const isExempt = (url: URL, entry: string): boolean => {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (entry === "*" || isInSubnet(host, entry)) return true;
  const [, name = entry, port] = /^(.*?|\[.*\]):(\d+)$/.exec(isIP(entry) === 0 ? entry : "") ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  const wanted = name
    .replace(/^\[|\]$/g, "")
    .replace(/^\*?\./, "")
    .toLowerCase();
  return wanted !== "" && (host === wanted || host.endsWith(`.${wanted}`));
};

/**
 * The proxy that the environment names for a URL; undefined for a direct way. Lower case wins over upper case. The
 * deployer's own machine is never asked for through a proxy: it would be the proxy's.
 */
export const proxyFor = (url: URL, environment: Environment): URL | undefined => {
  const named = read(environment, url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (named === "" || literalClassOf(url) === "loopback") return undefined;
  const exempt = read(environment, "NO_PROXY").split(/[\s,]+/);
  if (exempt.some((entry) => entry !== "" && isExempt(url, entry))) return undefined;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy?.protocol !== "http:" && proxy?.protocol !== "https:")
    throw httpErrors.HWS_HTTP_PROXY(["of the environment", "it is no http:// or https:// URL"]);
  return proxy;
};
