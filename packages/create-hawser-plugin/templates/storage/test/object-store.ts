import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** As many as one answer lists. */
const pageLength = 500;

/** An object server as the README tells: a real one, on a random port of this machine. */
export const startObjectStore = async (token: string) => {
  const objects = new Map<string, { readonly bytes: Buffer; readonly etag: string }>();

  const list = (query: URLSearchParams): string => {
    const [prefix, after] = [query.get("prefix") ?? "", query.get("after") ?? ""];
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    return JSON.stringify(
      keys.slice(0, pageLength).map((key) => ({ key, size: objects.get(key)?.bytes.length })),
    );
  };

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method, headers } = incoming;
    const { pathname, searchParams } = new URL(incoming.url ?? "", "http://store");
    const key = pathname.slice("/releases/".length);
    if (headers.authorization !== `Bearer ${token}`) outgoing.writeHead(401).end();
    else if (key === "") outgoing.end(list(searchParams));
    else if (method === "PUT") {
      // A body that is cut throws here: nothing is stored then.
      const bytes = await buffer(incoming);
      const known = objects.get(key);
      const isRefused =
        (headers["if-none-match"] === "*" && known !== undefined) ||
        (headers["if-match"] !== undefined && headers["if-match"] !== known?.etag);
      const etag = `"${randomUUID()}"`;
      if (!isRefused) objects.set(key, { bytes, etag });
      outgoing.writeHead(isRefused ? 412 : 200, isRefused ? {} : { etag }).end();
    } else if (method === "DELETE") outgoing.writeHead(objects.delete(key) ? 204 : 404).end();
    else {
      const found = objects.get(key);
      const told = found && { etag: found.etag, "content-length": found.bytes.length };
      outgoing
        .writeHead(found === undefined ? 404 : 200, told)
        .end(method === "GET" ? found?.bytes : undefined);
    }
  };

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/releases`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
