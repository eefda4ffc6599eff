import type { IncomingMessage } from "node:http";
import { Attempts } from "./attempts.ts";
import type { OwnHosts } from "./own-hosts.ts";
import { Sessions } from "./sessions.ts";
import type { Token } from "./token.ts";

/** What is wrong with a request before it is looked at what it asks for. */
export type Refusal = "host" | "site" | "token" | { readonly waitSeconds: number };

/** Who may ask: under which name, from which site, with which token. */
export class Gate {
  readonly #hosts: OwnHosts;
  readonly #token: Token | undefined;
  readonly #sessions = new Sessions();
  readonly #attempts = new Attempts();
  /** A browser sends a cookie of this name back over TLS alone, when it came so. */
  readonly #cookie: string;

  constructor(hosts: OwnHosts, token: Token | undefined) {
    this.#hosts = hosts;
    this.#token = token;
    this.#cookie = this.#secure ? "__Host-hawser" : "hawser";
  }

  /** The name it was asked under, and the site whose page asked. */
  refusesAsker(request: IncomingMessage): "host" | "site" | undefined {
    const { headers, method } = request;
    if (!this.#hosts.accepts(headers.host)) return "host";
    if (this.isOwn(request)) return undefined;
    // Somebody may follow a link to it from elsewhere; no other page may load anything of it.
    const follows = method === "GET" && headers["sec-fetch-mode"] === "navigate";
    return follows && headers["sec-fetch-dest"] === "document" ? undefined : "site";
  }

  /** Whether a page of the dashboard asks, or a person by hand: a link on another site may not make it ask instances. */
  isOwn({ headers }: IncomingMessage): boolean {
    const site = headers["sec-fetch-site"];
    return site === undefined || site === "same-origin" || site === "none";
  }

  /** Whether anybody has to log in. */
  get isOpen(): boolean {
    return this.#token === undefined;
  }

  /** Undefined when it may read. */
  refusesReader(request: IncomingMessage): "token" | { readonly waitSeconds: number } | undefined {
    if (this.#token === undefined) return undefined;
    const session = cookieOf(request, this.#cookie);
    if (session !== undefined && this.#sessions.has(session)) return undefined;
    const [, bearer] = /^Bearer ([!-~]{1,200})$/i.exec(request.headers.authorization ?? "") ?? [];
    if (bearer === undefined) return "token";
    return this.#tries(request, bearer);
  }

  /** Gives the cookie of a new session for the right token. */
  logIn(request: IncomingMessage, offered: string): Refusal | { readonly cookie: string } {
    if (this.#comesFromElsewhere(request)) return "site";
    const refused = this.#tries(request, offered);
    if (refused !== undefined) return refused;
    return { cookie: this.#cookieWith(this.#sessions.begin()) };
  }

  /** Ends the session of whoever asks, and gives the cookie that takes it from the browser. */
  logOut(request: IncomingMessage): "site" | { readonly cookie: string } {
    if (this.#comesFromElsewhere(request)) return "site";
    const session = cookieOf(request, this.#cookie);
    if (session !== undefined) this.#sessions.end(session);
    return { cookie: `${this.#cookieWith("")}; Max-Age=0` };
  }

  #comesFromElsewhere({ headers: { origin } }: IncomingMessage): boolean {
    return origin !== undefined && !this.#hosts.acceptsOrigin(origin);
  }

  #cookieWith(session: string): string {
    return `${this.#cookie}=${session}; Path=/; HttpOnly; SameSite=Strict${this.#secure ? "; Secure" : ""}`;
  }

  #tries(request: IncomingMessage, offered: string): "token" | { readonly waitSeconds: number } | undefined {
    const address = request.socket.remoteAddress ?? "";
    const waitSeconds = this.#attempts.waitSeconds(address);
    if (waitSeconds > 0) return { waitSeconds };
    if (this.#token?.is(offered) !== false) return undefined;
    this.#attempts.wrong(address);
    return "token";
  }

  get #secure(): boolean {
    return this.#hosts.url.startsWith("https:");
  }
}

const cookieOf = ({ headers }: IncomingMessage, name: string): string | undefined => {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value)) return value;
  }
  return undefined;
};
