import { createHash, X509Certificate } from "node:crypto";
import type { buildConnector, Dispatcher } from "undici";
import { httpErrors } from "../errors/http-codes.ts";
import { type AddressClass, addressClassOf, literalClassOf } from "./address-class.ts";
import { type AddressRule, guardedConnector } from "./guarded-connector.ts";
import type { HttpLimits } from "./limits.ts";
import { type Environment, proxyFor } from "./proxy-choice.ts";

type Undici = typeof import("undici");

/** How one URL is reached. */
export interface Way {
  readonly dispatcher: Dispatcher;
  readonly proxy: URL | undefined;
}

/** Where the answer to a request's own URL came from, which says where a redirect may lead to. */
type Origin = AddressClass | undefined;

/**
 * The first URL is what a person wrote: it may be on the inside, but a name for a metadata service is never meant. A
 * redirect is what a server wrote: it leads to the public, or to where the first URL was already.
 */
const ruleAfter =
  (origin: Origin): AddressRule["allows"] =>
  (found, isLiteral) => {
    if (origin !== undefined) return found === "public" || found === origin;
    return isLiteral || found === "public" || found === "private" || found === "loopback";
  };

/** The connections to servers, direct and through proxies, apart by the rule that they were made under. */
export class Ways implements AsyncDisposable {
  readonly #undici: Undici;
  readonly #limits: HttpLimits;
  readonly #environment: Environment;
  readonly #classOf: (address: string) => AddressClass;
  readonly #dispatchers = new Map<string, Dispatcher>();
  readonly #classes = new Map<string, AddressClass>();

  constructor(
    undici: Undici,
    limits: HttpLimits,
    environment: Environment,
    classOf: (address: string) => AddressClass = addressClassOf,
  ) {
    this.#undici = undici;
    this.#limits = limits;
    this.#environment = environment;
    this.#classOf = classOf;
  }

  /** @param origin undefined for a request's own URL, else the class that its answer came from. */
  to(url: URL, origin: Origin, ca: string | undefined): Way {
    const proxy = proxyFor(url, this.#environment);
    if (proxy !== undefined) this.#checkLiteral(url, origin);
    const key = JSON.stringify([proxy?.href ?? origin ?? "own", ca && digestOf(ca)]);
    let dispatcher = this.#dispatchers.get(key);
    if (dispatcher === undefined) {
      if (ca !== undefined) checkAuthorities(ca);
      dispatcher = proxy === undefined ? this.#direct(origin, ca) : this.#through(proxy, ca);
      this.#dispatchers.set(key, dispatcher);
    }
    return { dispatcher, proxy };
  }

  /** The class of where the answer to a request's own URL came from. */
  classAt(url: URL, { proxy }: Way): AddressClass {
    const literal = literalClassOf(url, this.#classOf);
    return (proxy === undefined ? this.#classes.get(url.origin) : literal) ?? "public";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const dispatchers = [...this.#dispatchers.values()];
    this.#dispatchers.clear();
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()));
  }

  /** Through a proxy only what the URL itself says can be judged: the look-up is the proxy's. */
  #checkLiteral(url: URL, origin: Origin): void {
    const found = literalClassOf(url, this.#classOf);
    if (found !== undefined && !ruleAfter(origin)(found, true))
      throw httpErrors.HWS_HTTP_ADDRESS([url.hostname, found]);
  }

  #direct(origin: Origin, ca: string | undefined): Dispatcher {
    const connect = guardedConnector(this.#undici.buildConnector, this.#connecting(ca), {
      classOf: this.#classOf,
      allows: ruleAfter(origin),
      connected: (at, found) => {
        if (origin === undefined) this.#classes.set(at, found);
      },
    });
    return new this.#undici.Agent({ connect });
  }

  #through(proxy: URL, ca: string | undefined): Dispatcher {
    return new this.#undici.ProxyAgent({
      uri: proxy.href,
      requestTls: this.#connecting(ca),
      proxyTls: { timeout: this.#limits.connectMs },
      // Proxies let few ports through a tunnel; plain HTTP is asked of them by its whole URL.
      proxyTunnel: false,
    });
  }

  #connecting(ca: string | undefined): buildConnector.BuildOptions {
    return { timeout: this.#limits.connectMs, ...(ca !== undefined && { ca }) };
  }
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What cannot be read would be left out in silence, and no server be trusted. */
const checkAuthorities = (pem: string): void => {
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw httpErrors.HWS_HTTP_CA_INVALID([(cause as Error).message], { cause });
  }
};
