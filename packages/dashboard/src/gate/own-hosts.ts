import { isIP } from "node:net";
import { hostInUrl, type ServingPlace } from "@hawser/core";

const wildcards: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Whether an address can be reached from this machine alone. */
export const isLoopback = (address: string): boolean =>
  address === "::1" || (isIP(address) === 4 && address.startsWith("127."));

/**
 * Which names a dashboard answers to. A page of another site whose name was turned to this address (DNS rebinding) asks under its
 * own name: so a name has to be `localhost` or the one of `url`, and an address one that it listens at.
 */
export class OwnHosts {
  readonly #place: ServingPlace;
  readonly #url: URL | undefined;

  constructor(place: ServingPlace, url: URL | undefined) {
    this.#place = place;
    this.#url = url;
  }

  /** Takes the value of a `Host` header. */
  accepts(host: string | undefined): boolean {
    if (host === undefined || host.length > 300) return false;
    const asked = host.toLowerCase();
    return asked === this.#url?.host || this.#isPlace(asked);
  }

  /** Takes the value of an `Origin` header. */
  acceptsOrigin(origin: string): boolean {
    if (origin === this.#url?.origin) return true;
    const [, host] = /^http:\/\/([^/]{1,300})$/.exec(origin.toLowerCase()) ?? [];
    return host !== undefined && this.#isPlace(host);
  }

  #isPlace(asked: string): boolean {
    const [, bracketed, plain, digits = "80"] =
      /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::(\d{1,5}))?$/.exec(asked) ?? [];
    const name = bracketed ?? plain;
    return name !== undefined && Number(digits) === this.#place.port && this.#isOwn(name);
  }

  #isOwn(name: string): boolean {
    const { host } = this.#place;
    if (name === "localhost") return isLoopback(host) || wildcards.has(host);
    if (isIP(name) === 0) return false;
    return name === host.toLowerCase() || wildcards.has(host);
  }

  /** Where people open it. */
  get url(): string {
    const { host, port } = this.#place;
    return this.#url?.origin ?? `http://${hostInUrl(host)}:${port}`;
  }
}
