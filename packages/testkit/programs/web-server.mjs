// Serves `<root>/current` as a web server does whose configuration names that path: the link is followed once for
// each request, and everything of the request is read below what it was then.
// Arguments: root, address, port, and two files of a release that name it. Ends when standard input ends.
import { readFile, realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { hostname } from "node:os";
import { basename, join, normalize } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [root, address, port, first, second] = process.argv.slice(2);
const types = { ".html": "text/html", ".txt": "text/plain", ".css": "text/css", ".js": "text/javascript" };
let draining = false;

const reply = (response, status, body, headers = {}) => {
  response.writeHead(status, {
    "content-type": "text/plain",
    "content-length": Buffer.byteLength(body),
    "x-instance": hostname(),
    ...(draining && { connection: "close" }),
    ...headers,
  });
  response.end(body);
};

const text = async (release, name) => (await readFile(join(release, name), "utf8")).trim();

/** Both files, with time between them in which a switch may happen. */
const releaseReport = async (release, gapMs) => {
  const one = await text(release, first);
  await sleep(gapMs);
  return `${one} ${await text(release, second)}\n`;
};

/** A release with this file in it is in maintenance: visitors are told so, and the health check is answered. */
const isAway = (release) =>
  stat(join(release, "maintenance")).then(
    () => true,
    () => false,
  );

const serveFile = async (release, path) => {
  const file = join(release, normalize(`/${decodeURIComponent(path)}`));
  return (await stat(file)).isDirectory() ? join(file, "index.html") : file;
};

const answer = async (request, response) => {
  const url = new URL(request.url, "http://instance");
  const release = await realpath(join(root, "current"));
  const headers = { "x-release": basename(release) };
  if (url.pathname !== "/health" && (await isAway(release)))
    return reply(response, 503, "maintenance\n", headers);
  if (url.pathname === "/health") return reply(response, 200, `${await text(release, first)}\n`, headers);
  if (url.pathname === "/__release") {
    const gapMs = Math.min(Number(url.searchParams.get("gap") ?? 0), 120_000);
    return reply(response, 200, await releaseReport(release, gapMs), headers);
  }
  const file = await serveFile(release, url.pathname);
  const type = types[file.slice(file.lastIndexOf("."))] ?? "application/octet-stream";
  reply(response, 200, await readFile(file), { ...headers, "content-type": type });
};

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    const missing = error.code === "ENOENT" || error.code === "ENOTDIR";
    // Without a release the instance is no use to anybody; a file that a release lacks is the asker's mistake.
    const isFile = !["/health", "/__release"].includes(request.url.split("?")[0]);
    reply(response, missing && isFile ? 404 : 503, `${error.message}\n`);
  });
});

/** No new connection; what is being answered is answered, with the word that the connection ends. */
const drain = () => {
  draining = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
};

server.listen(Number(port), address, () => process.stdout.write("ready\n"));
process.stdin.on("end", drain).resume();
process.on("SIGTERM", drain);
