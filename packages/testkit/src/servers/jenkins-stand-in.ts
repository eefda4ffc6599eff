import { mkdir } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { sendArchive } from "./jenkins-archive.ts";
import { findBuild, type JenkinsBuild } from "./jenkins-build.ts";
import { JenkinsJob } from "./jenkins-job.ts";
import { chosenFields, parseFieldTree } from "./jenkins-tree.ts";
import { serveBytes } from "./served-bytes.ts";

export interface JenkinsLogin {
  readonly username: string;
  readonly token: string;
}

export interface JenkinsRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly authorization: string;
  readonly range: string;
}

/** Answers in the server's place; false lets the server answer. */
export type Interception = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path segments, as they came. */
  readonly raw: readonly string[];
  readonly query: URLSearchParams;
}

const html = (response: ServerResponse, status: number, text: string, headers = {}): ServerResponse => {
  response.writeHead(status, { "content-type": "text/html;charset=utf-8", ...headers });
  return response.end(`<html><head><title>Jenkins</title></head><body><h1>${text}</h1></body></html>`);
};

const notFound = (response: ServerResponse): ServerResponse => html(response, 404, "Not Found");

/** The answers of the stand-in for Jenkins, and what they are made of. */
export class JenkinsStandIn {
  readonly requests: JenkinsRequest[] = [];
  readonly hidden: Set<string> = new Set();
  readonly denied: Set<string> = new Set();
  readonly jobs: Map<string, JenkinsJob> = new Map();
  readonly contextPath: string;
  readonly #login: JenkinsLogin | undefined;
  readonly #directory: string;
  starting = 0;
  loginPage = false;
  artifactOrigin: string | undefined;
  intercept: Interception | undefined;
  rootUrl = "";
  url = "";

  /** @param directory where builds work. */
  constructor(directory: string, contextPath: string, login: JenkinsLogin | undefined) {
    this.#directory = directory;
    this.contextPath = contextPath;
    this.#login = login;
  }

  job(name: string): JenkinsJob {
    const job = this.jobs.get(name) ?? new JenkinsJob();
    this.jobs.set(name, job);
    return job;
  }

  answer(request: IncomingMessage, response: ServerResponse): unknown {
    const { method = "GET", url = "/", headers } = request;
    const { authorization = "", range = "" } = headers;
    this.requests.push({ method, url, authorization, range });
    response.setHeader("x-jenkins", "2.462.3");
    if (this.intercept?.(request, response) === true) return undefined;
    if (this.starting > 0) {
      this.starting -= 1;
      return html(response, 503, "Please wait while Jenkins is getting ready to work");
    }
    const [path = "", query = ""] = url.split("?", 2);
    if (!path.startsWith(`${this.contextPath}/`)) return notFound(response);
    const raw = path.slice(this.contextPath.length + 1).split("/");
    if (raw[0] === "login") return html(response, 200, "Sign in to Jenkins");
    if (!this.#isLetIn(request, response)) return undefined;
    return this.#route({ request, response, raw, query: new URLSearchParams(query) });
  }

  #isLetIn({ headers, url }: IncomingMessage, response: ServerResponse): boolean {
    const { authorization } = headers;
    if (this.#login === undefined) return true;
    const { username, token } = this.#login;
    const expected = `Basic ${Buffer.from(`${username}:${token}`).toString("base64")}`;
    if (authorization === expected) return true;
    const from = encodeURIComponent(url ?? "/");
    if (authorization !== undefined)
      html(response, 401, "Invalid password/token for user", {
        "www-authenticate": 'Basic realm="Jenkins"',
      });
    else if (this.loginPage)
      response.writeHead(302, { location: `${this.contextPath}/login?from=${from}` }).end();
    else
      html(response, 403, "Authentication required", {
        "x-you-are-authenticated-as": "anonymous",
        "x-required-permission": "hudson.model.Hudson.Read",
      });
    return false;
  }

  #route(exchange: Exchange): unknown {
    const { raw, response } = exchange;
    const names: string[] = [];
    let at = 0;
    for (; raw[at] === "job" && at + 1 < raw.length; at += 2)
      names.push(decodeURIComponent(raw[at + 1] ?? ""));
    const name = names.join("/");
    const job = this.jobs.get(name);
    const rest = raw.slice(at);
    if (job === undefined || this.hidden.has(name)) return notFound(response);
    if (this.denied.has(name))
      return html(response, 403, "Access Denied", {
        "x-you-are-authenticated-as": this.#login?.username ?? "anonymous",
        "x-required-permission": "hudson.model.Item.Read",
      });
    if (exchange.request.method === "POST") return this.#start(exchange, name, job, rest);
    if (rest.join("/") === "api/json") return this.#json(exchange, { _class: "job", name: names.at(-1) });
    const build = findBuild(job.builds, rest[0] ?? "");
    if (build === undefined) return notFound(response);
    if (rest.slice(1).join("/") === "api/json")
      return this.#json(
        exchange,
        build.describe(`${this.rootUrl}/${raw.slice(0, at).join("/")}/${build.number}/`),
      );
    if (rest[1] === "artifact") return this.#artifact(exchange, build, rest.slice(2));
    return notFound(response);
  }

  #json({ query, response }: Exchange, value: object): unknown {
    const tree = query.get("tree");
    try {
      const chosen = tree === null ? value : chosenFields(value, parseFieldTree(tree));
      response.writeHead(200, { "content-type": "application/json;charset=utf-8" });
      return response.end(JSON.stringify(chosen));
    } catch (error) {
      return html(response, 400, String(error));
    }
  }

  #artifact({ request, response }: Exchange, build: JenkinsBuild, raw: readonly string[]): unknown {
    const parts = raw.map((part) => decodeURIComponent(part));
    const path = parts.join("/");
    if (parts.includes("..")) return html(response, 400, "Bad Request");
    if (path === "*zip*/archive.zip")
      return sendArchive(response, build.artifacts).catch(() => response.destroy());
    const bytes = build.artifacts.get(path);
    if (bytes === undefined) {
      const isFolder = [...build.artifacts.keys()].some((name) => name.startsWith(`${path}/`));
      if (!isFolder) return notFound(response);
      return response.writeHead(302, { location: `${request.url}/` }).end();
    }
    if (this.artifactOrigin !== undefined) {
      const location = `${this.artifactOrigin}/${build.number}/${raw.join("/")}?X-Amz-Expires=3600&X-Amz-Signature=5ec7e7`;
      return response.writeHead(302, { location }).end();
    }
    const headers = { "last-modified": new Date(build.timestamp).toUTCString() };
    return serveBytes(request, response, bytes, { "content-type": "application/octet-stream", ...headers });
  }

  #start({ request, response }: Exchange, name: string, job: JenkinsJob, rest: readonly string[]): unknown {
    if (job.setup === undefined || rest.join("/") !== "build") return notFound(response);
    // A request with an API token needs no crumb; one without would have to bring it.
    if (request.headers.authorization === undefined)
      return html(response, 403, "No valid crumb was included in the request");
    const build = job.add({ result: null, timestamp: Date.now() });
    void this.#work(name, job, build);
    return response.writeHead(201, { location: `${this.rootUrl}/queue/item/${build.number}/` }).end();
  }

  async #work(name: string, job: JenkinsJob, build: JenkinsBuild): Promise<void> {
    const workspace = join(this.#directory, encodeURIComponent(name), String(build.number));
    await mkdir(workspace, { recursive: true });
    const folder = name.split("/").map((part) => `job/${encodeURIComponent(part)}`);
    const env = {
      BUILD_NUMBER: String(build.number),
      BUILD_URL: `${this.url}/${folder.join("/")}/${build.number}/`,
      JENKINS_URL: `${this.url}/`,
      JOB_NAME: name,
      WORKSPACE: workspace,
    };
    await job.run(build, { workspace, env });
  }

  stop(): void {
    for (const job of this.jobs.values()) job.stop();
  }
}
