// A web application as small as one can be: it answers with the release that it was started from.
import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";

const greeting = readFileSync(new URL("greeting.txt", import.meta.url), "utf8").trim();
const built = readFileSync(new URL("built.txt", import.meta.url), "utf8").trim();
const release = process.env.HAWSER_RELEASE ?? "nowhere";

const server = createServer((request, response) => {
  response.setHeader("connection", "close");
  response.end(request.url === "/health" ? `${release}\n` : `${greeting} release ${release} (${built})\n`);
});
server.listen(Number(process.argv[2]), process.env.HOST ?? "127.0.0.1");
process.on("SIGTERM", () => server.close(() => rmSync("run/server.pid", { force: true })));
