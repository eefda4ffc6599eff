import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Member {
  url: string;
  admitted: boolean;
  healthy: boolean;
  readonly open: Set<ServerResponse>;
}

const listen = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

/** A small load balancer with the API that the README tells: a real one, on random ports of this machine. */
export const startBalancer = async (token: string) => {
  const members = new Map<string, Member>();
  let turn = 0;

  const ask = async (member: Member): Promise<void> => {
    const answer = await fetch(`${member.url}/health`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    member.healthy = answer?.ok === true;
  };
  const asking = setInterval(() => [...members.values()].forEach(ask), 100);

  const carry = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const able = [...members.values()].filter(({ admitted, healthy }) => admitted && healthy);
    const member = able[turn++ % Math.max(1, able.length)];
    if (member === undefined) {
      outgoing.writeHead(503).end();
      return;
    }
    const { method, headers, url = "/" } = incoming;
    const passed = request(new URL(url, member.url), { method, headers });
    member.open.add(outgoing.once("close", () => member.open.delete(outgoing)));
    passed.once("response", (answer) =>
      answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, answer.headers)),
    );
    passed.once("error", () => outgoing.destroy());
    outgoing.once("close", () => passed.destroy());
    incoming.pipe(passed);
  };

  const change = async (id: string, what: string | undefined, told: Partial<Member>): Promise<void> => {
    const known = members.get(id);
    if (what === "remove") members.delete(id);
    else if (what === "cut") for (const outgoing of known?.open ?? []) outgoing.destroy();
    else if (known !== undefined) Object.assign(known, told);
    else {
      const member: Member = { url: "", admitted: false, ...told, healthy: false, open: new Set() };
      await ask(member);
      members.set(id, member);
    }
  };

  const control = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    if (incoming.headers.authorization !== `Bearer ${token}`) {
      outgoing.writeHead(401).end();
      return;
    }
    const [, , id = "", what] = (incoming.url ?? "").split("/");
    const told = await text(incoming);
    if (incoming.method === "POST") await change(decodeURIComponent(id), what, JSON.parse(told));
    const list = [...members].map(([name, { admitted, healthy, open }]) => ({
      id: name,
      admitted,
      healthy,
      open: open.size,
    }));
    outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(list));
  };

  const servers = [createServer(carry), createServer((...both) => void control(...both))] as const;
  return {
    /** Where it takes requests. */
    port: await listen(servers[0]),
    api: `http://127.0.0.1:${await listen(servers[1])}`,
    stop: async () => {
      clearInterval(asking);
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, "close");
      }
    },
  };
};
