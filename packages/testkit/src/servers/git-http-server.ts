import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeServerCertificate } from "./certificate.ts";

export interface GitHttpServerOptions {
  /** The folder whose repositories are served. */
  readonly root: string;
  /** Whoever does not say these gets 401. Absent: everybody is served. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Every request is answered with a redirect to this origin. */
  readonly redirectTo?: string;
  readonly host?: string;
}

/** `git http-backend` behind HTTPS, with a certificate of its own authority. */
export interface GitHttpServer {
  readonly origin: string;
  readonly port: number;
  /** The file with the authority's certificate. */
  readonly authority: string;
  /** Every Authorization header that arrived, in order; empty text for none. */
  readonly authorizations: readonly string[];
  url(repository: string, user?: string): string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What RFC 3875 has a program told about a request. */
const programEnvironment = (request: IncomingMessage, root: string): Record<string, string> => {
  const [path = "", query = ""] = (request.url ?? "/").split("?", 2);
  const header = (name: string): string => String(request.headers[name] ?? "");
  return {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_PROTOCOL: header("git-protocol"),
    REQUEST_METHOD: request.method ?? "GET",
    PATH_INFO: decodeURIComponent(path),
    QUERY_STRING: query,
    CONTENT_TYPE: header("content-type"),
    CONTENT_LENGTH: header("content-length"),
    HTTP_CONTENT_ENCODING: header("content-encoding"),
    REMOTE_ADDR: request.socket.remoteAddress ?? "",
    REMOTE_USER: "",
  };
};

/** Passes the program's answer on: header lines, an empty line, the body. */
const answer = (request: IncomingMessage, response: ServerResponse, root: string): void => {
  const program = spawn("git", ["http-backend"], {
    env: programEnvironment(request, root),
    stdio: ["pipe", "pipe", "inherit"],
  });
  program.stdin.on("error", () => {});
  request.pipe(program.stdin);
  let head = Buffer.alloc(0);
  const readHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    program.stdout.off("data", readHead);
    for (const line of head.subarray(0, end).toString("latin1").split("\r\n")) {
      const [name = "", value = ""] = line.split(/: */, 2);
      if (name.toLowerCase() === "status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
    program.stdout.pipe(response);
  };
  program.stdout.on("data", readHead);
};

const listen = (server: Server, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

const expectedHeader = ({ login }: GitHttpServerOptions): string | undefined =>
  login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;

export const startGitHttpServer = async (options: GitHttpServerOptions): Promise<GitHttpServer> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-git-https-"));
  const host =
    options.host ?? `127.0.${1 + Math.floor(Math.random() * 200)}.${1 + Math.floor(Math.random() * 200)}`;
  const { key, cert, authority } = await makeServerCertificate(directory, host);
  const authorizations: string[] = [];
  const expected = expectedHeader(options);
  const server = createServer({ key, cert }, (request, response) => {
    const said = request.headers.authorization ?? "";
    authorizations.push(said);
    if (options.redirectTo !== undefined) {
      response.writeHead(302, { location: `${options.redirectTo}${request.url}` }).end();
    } else if (expected !== undefined && said !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    } else answer(request, response, options.root);
  });
  const port = await listen(server, host);
  return {
    origin: `https://${host}:${port}`,
    port,
    authority,
    authorizations,
    url: (repository, user) => `https://${user === undefined ? "" : `${user}@`}${host}:${port}/${repository}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
};
