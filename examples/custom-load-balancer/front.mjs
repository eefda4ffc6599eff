// A small reverse proxy with an API, as the load balancers of many vendors have one: node front.mjs PORT API-PORT
//   GET /members             every member: {id, admitted, healthy, open}
//   POST /members/ID         {url, admitted}: adds one or changes it, at once; open requests go on
//   POST /members/ID/remove  forgets one
//   POST /members/ID/cut     ends the requests that it serves
import { createServer, request } from "node:http";

const members = new Map();
let turn = 0;

const ask = async (member) => {
  const answer = await fetch(`${member.url}/health`, { signal: AbortSignal.timeout(1_000) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  member.healthy = answer?.ok === true;
};
setInterval(() => members.forEach(ask), 100).unref();

const carry = (incoming, outgoing) => {
  const able = [...members.values()].filter(({ admitted, healthy }) => admitted && healthy);
  const member = able[turn++ % Math.max(1, able.length)];
  if (member === undefined) return outgoing.writeHead(503).end();
  const passed = request(new URL(incoming.url, member.url), {
    method: incoming.method,
    headers: incoming.headers,
  });
  const over = () => member.open.delete(outgoing);
  member.open.add(outgoing.once("close", over));
  passed.once("response", (answer) => answer.pipe(outgoing.writeHead(answer.statusCode, answer.headers)));
  passed.once("error", () => outgoing.destroy());
  outgoing.once("close", () => passed.destroy());
  incoming.pipe(passed);
};

const change = async (id, what, body) => {
  const known = members.get(id);
  if (what === "remove") members.delete(id);
  else if (what === "cut") known?.open.forEach((outgoing) => void outgoing.destroy());
  else if (known !== undefined) Object.assign(known, body);
  else {
    const member = { ...body, healthy: false, open: new Set() };
    await ask(member);
    members.set(id, member);
  }
};

const api = async (incoming, outgoing) => {
  const [, , id, what] = new URL(incoming.url, "http://front").pathname.split("/");
  let body = "";
  for await (const chunk of incoming) body += chunk;
  if (incoming.method === "POST") await change(id, what, body === "" ? {} : JSON.parse(body));
  const list = [...members].map(([name, { admitted, healthy, open }]) => ({
    id: name,
    admitted,
    healthy,
    open: open.size,
  }));
  outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(list));
};

const [port, apiPort] = process.argv.slice(2).map(Number);
const servers = [createServer(carry), createServer(api)];
servers[0].listen(port, "127.0.0.1");
servers[1].listen(apiPort, "127.0.0.1", () => console.log("ready"));
