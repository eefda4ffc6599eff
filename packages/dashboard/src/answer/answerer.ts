import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@hawser/core/plugin";
import { filterScript } from "@hawser/report";
import { script } from "../assets/script.ts";
import { style } from "../assets/style.ts";
import type { Gate, Refusal } from "../gate/gate.ts";
import { loginPage } from "../pages/login.ts";
import { shell } from "../pages/shell.ts";
import { pathOf, routeOf } from "../route.ts";
import { type Answer, send } from "./answer.ts";
import { formOf } from "./form.ts";
import type { Pages } from "./pages.ts";

const plain = (status: number, text: string, headers: Answer["headers"] = {}): Answer => ({
  status,
  type: "text/plain",
  text: `${text}\n`,
  headers,
});

const lasting = { "cache-control": "public, max-age=31536000, immutable" };

const nothingHere = plain(404, "There is nothing of that name here.");

/** Answers requests: who may not ask learns nothing, and nothing that fails ends the dashboard. */
export class Answerer {
  readonly #gate: Gate;
  readonly #pages: Pages;
  readonly #logger: Logger | undefined;

  constructor(gate: Gate, pages: Pages, logger: Logger | undefined) {
    this.#gate = gate;
    this.#pages = pages;
    this.#logger = logger;
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await send(request, response, await this.#answer(request));
    } catch (error) {
      // Who went away in the middle of a request is no failure.
      if (request.destroyed && !request.complete) return;
      this.#logger?.warn(
        `a page could not be made: ${error instanceof Error ? error.message : String(error)}`,
      );
      if (response.headersSent) response.destroy();
      else
        await send(request, response, plain(500, "This page could not be made.")).catch(() =>
          response.destroy(),
        );
    }
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const refused = this.#gate.refusesAsker(request);
    if (refused !== undefined) return this.#refusal(refused, request);
    const { method, url = "" } = request;
    if (method === "POST" && url === "/login" && !this.#gate.isOpen) return await this.#logIn(request);
    if (method === "POST" && url === "/logout" && !this.#gate.isOpen) return this.#logOut(request);
    if (method !== "GET" && method !== "HEAD")
      return plain(405, "A dashboard is only read.", { allow: "GET, HEAD" });
    const route = routeOf(url);
    if (route?.page === "style") return { status: 200, type: "text/css", text: style, headers: lasting };
    if (route?.page === "script")
      return { status: 200, type: "text/javascript", text: script, headers: lasting };
    if (route?.page === "runScript")
      return { status: 200, type: "text/javascript", text: filterScript, headers: lasting };
    const unknown = this.#gate.refusesReader(request);
    if (unknown !== undefined) return this.#refusal(unknown, request);
    if (route === undefined) return nothingHere;
    const mayLook = method === "GET" && this.#gate.isOwn(request);
    return (await this.#pages.answer(route, mayLook)) ?? nothingHere;
  }

  async #logIn(request: IncomingMessage): Promise<Answer> {
    const form = await formOf(request);
    if (form === undefined) return plain(400, "That is not the form of this page.", { connection: "close" });
    const to = wayOf(form.get("to") ?? "/");
    const answer = this.#gate.logIn(request, form.get("token") ?? "");
    if (typeof answer !== "object" || !("cookie" in answer)) return this.#refusal(answer, request, to);
    return goTo(to, answer.cookie);
  }

  #logOut(request: IncomingMessage): Answer {
    const answer = this.#gate.logOut(request);
    return answer === "site" ? this.#refusal(answer, request) : goTo("/", answer.cookie);
  }

  #refusal(refusal: Refusal, { method, url = "/" }: IncomingMessage, to: string = wayOf(url)): Answer {
    if (refusal === "host")
      return plain(421, "The dashboard is not known by this name: see `hawser dashboard --url`.", {
        connection: "close",
      });
    if (refusal === "site") return plain(403, "Another site asked for this.");
    if (refusal === "token") return login(401, to, method === "POST" ? "That is not the token." : undefined);
    const { waitSeconds } = refusal;
    const answer = login(429, to, `That was wrong too often: wait ${waitSeconds} s.`);
    return { ...answer, headers: { "retry-after": String(waitSeconds) } };
  }
}

const goTo = (location: string, cookie: string): Answer => ({
  status: 303,
  type: "text/plain",
  text: "",
  headers: { location, "set-cookie": cookie },
});

/** Where to go after logging in: a page of the dashboard, and no other place. */
const wayOf = (target: string): string => {
  const route = routeOf(target);
  return route === undefined || /\.(?:css|js)$/.test(pathOf(route)) ? "/" : pathOf(route);
};

const login = (status: number, to: string, wrong: string | undefined): Answer => ({
  status,
  type: "text/html",
  text: shell({
    application: "Hawser",
    crumbs: [{ text: "Log in" }],
    body: loginPage(to, wrong),
    live: false,
  }),
  headers: { "www-authenticate": 'Bearer realm="hawser"' },
});
