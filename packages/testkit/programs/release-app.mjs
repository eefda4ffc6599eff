// A small web application that says which release it is. Arguments: port (0: any), release, warm-up in ms, address.
import { createServer } from "node:http";

const [port, release, warmUpMs, address] = process.argv.slice(2);
const ready = performance.now() + Number(warmUpMs);
const held = new Map();

const answer = (response, status, text) => {
  const body = Buffer.from(text);
  response.writeHead(status, { "content-length": body.length, "x-release": release, "x-pid": process.pid });
  response.end(body);
};

const routes = {
  "/health": (_url, response) => answer(response, performance.now() >= ready ? 200 : 503, "health\n"),
  "/large": (url, response) => answer(response, 200, "x".repeat(Number(url.searchParams.get("bytes")))),
  "/slow": (url, response) => {
    setTimeout(() => answer(response, 200, "slow\n"), Number(url.searchParams.get("ms")));
  },
  // Begins an answer and ends it when /end names the same key.
  "/hold": (url, response) => {
    response.writeHead(200, { "x-release": release });
    response.write("held\n");
    held.set(url.searchParams.get("key"), response);
  },
  "/end": (url, response) => {
    held.get(url.searchParams.get("key"))?.end("ended\n");
    answer(response, 200, "ended\n");
  },
};

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://app.test");
  const route = routes[url.pathname];
  if (route) route(url, response);
  else answer(response, performance.now() >= ready ? 200 : 500, `release=${release}\n`);
});
server.listen(Number(port), address, () => {
  process.stdout.write(`${server.address().port}\n`);
});
// Ends with the process that started it.
process.stdin.resume().on("end", () => process.exit(0));
