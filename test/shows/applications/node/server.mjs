import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import fastify from "fastify";
import { release } from "./release.mjs";

if (!process.env.SESSION_KEY) throw new Error("SESSION_KEY is not set");

// The release's own directory, whatever link led here.
const id = basename(import.meta.dirname);
let closing = false;
const app = fastify({ forceCloseConnections: "idle", return503OnClosing: false });

/** One file of the release was loaded at the start, the other is read for the answer. */
app.get("/", async (_request, reply) => {
  const page = await readFile(new URL("public/release.txt", import.meta.url), "utf8");
  return reply.type("text/plain").header("x-release", id).send(`${release} ${page.trim()} ${id}\n`);
});

// What has begun is answered, kept connections are told that they end, and the process goes when none is left.
app.addHook("onSend", async (_request, reply) => {
  if (closing) reply.header("connection", "close");
});
process.once("SIGTERM", () => {
  closing = true;
  void app.close();
});

await app.listen({ host: "0.0.0.0", port: Number(process.env.PORT) });
