import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeServerCertificate } from "./certificate.ts";
import { freePort, waitForPort } from "./port.ts";

export interface HttpFileServerOptions {
  /** Serve over TLS with an authority of its own. Default: plain HTTP. */
  readonly tls?: boolean;
  /** Basic credentials that every request needs. */
  readonly login?: { readonly user: string; readonly password: string };
  /** More lines of nginx's `server` block, such as `etag off;`. */
  readonly lines?: readonly string[];
}

/** One request as the server logged it. */
export interface ServedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  /** Of head and body, as sent. */
  readonly bytes: number;
  /** Empty for a request of the whole file. */
  readonly range: string;
}

/** An nginx that serves the files of a folder until it is disposed. */
export interface HttpFileServer extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  /** The folder that is served. */
  readonly directory: string;
  /** With TLS: the file with the authority's certificate. */
  readonly authority: string | undefined;
  /** What was asked for so far, in order. */
  requests(): readonly ServedRequest[];
}

interface Launched {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Started by root it would go on as a user who cannot read the test's folder. */
const userLine = process.getuid?.() === 0 ? "user root;\n" : "";

const configOf = (
  options: HttpFileServerOptions,
  directory: string,
  port: number,
): string => `${userLine}daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events {}
http {
  default_type application/octet-stream;
  types { text/html html; }
  log_format line '$request_method $request_uri $status $bytes_sent $http_range';
  access_log ${directory}/access.log line;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  server {
    listen 127.0.0.1:${port}${options.tls === true ? " ssl" : ""};
    root ${directory}/files;
${options.tls === true ? `    ssl_certificate ${directory}/server.pem;\n    ssl_certificate_key ${directory}/server.key;\n` : ""}${
  options.login === undefined ? "" : `    auth_basic files;\n    auth_basic_user_file ${directory}/users;\n`
}${(options.lines ?? []).map((line) => `    ${line}\n`).join("")}  }
}
`;

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(late);
};

const launch = async (options: HttpFileServerOptions, directory: string): Promise<Launched | string> => {
  const port = await freePort("127.0.0.1");
  const file = join(directory, "nginx.conf");
  await writeFile(file, configOf(options, directory, port));
  const argv = ["-p", directory, "-e", join(directory, "error.log"), "-c", file];
  const child = spawn("/usr/sbin/nginx", argv, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.on("error", (error) => {
    said += error.message;
  });
  child.stderr?.on("data", (chunk) => {
    said = (said + String(chunk)).slice(-4_000);
  });
  const failed = () => (child.exitCode === null && child.pid !== undefined ? undefined : said || "it ended");
  try {
    await waitForPort("127.0.0.1", port, failed);
    return { child, port };
  } catch (error) {
    await end(child);
    return (error as Error).message;
  }
};

const readLog = (directory: string): readonly ServedRequest[] => {
  const lines = readFileSync(join(directory, "access.log"), "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const [method = "", path = "", status, bytes, range = ""] = line.split(" ");
    return { method, path, status: Number(status), bytes: Number(bytes), range: range === "-" ? "" : range };
  });
};

/** Starts the real nginx on a random port of loopback. It needs `nginx` where Debian puts it. */
export const startHttpFileServer = async (options: HttpFileServerOptions = {}): Promise<HttpFileServer> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-http-files-"));
  await mkdir(join(directory, "files"));
  const certificate = options.tls === true ? await makeServerCertificate(directory, "127.0.0.1") : undefined;
  if (options.login !== undefined)
    await writeFile(join(directory, "users"), `${options.login.user}:{PLAIN}${options.login.password}\n`);
  let launched: Launched | string = "";
  // A port found free may be taken before nginx binds it.
  for (let attempt = 0; attempt < 3 && typeof launched === "string"; attempt++)
    launched = await launch(options, directory);
  if (typeof launched === "string") {
    await rm(directory, { recursive: true, force: true });
    throw new Error(`nginx did not start: ${launched}`);
  }
  const { child, port } = launched;
  return {
    origin: `${options.tls === true ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    directory: join(directory, "files"),
    authority: certificate?.authority,
    requests: () => readLog(directory),
    [Symbol.asyncDispose]: async () => {
      await end(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
