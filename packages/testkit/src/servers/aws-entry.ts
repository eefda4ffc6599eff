import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AwsTarget } from "./aws-target.ts";
import { type Listening, listenOn } from "./listening.ts";

const noTarget = "no healthy target\n";

const pass = (target: AwsTarget, incoming: IncomingMessage, outgoing: ServerResponse, ended: () => void) => {
  const { method, url, headers } = incoming;
  const { address: host, port } = target.place;
  const passed = request({ host, port, method, path: url, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
    answer.once("error", () => outgoing.destroy());
  });
  const cut = (): void => {
    passed.destroy();
    outgoing.destroy();
  };
  target.open.add(cut);
  outgoing.once("close", () => {
    target.open.delete(cut);
    passed.destroy();
    ended();
  });
  passed.once("error", () => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502).end();
  });
  incoming.pipe(passed);
};

/** Carries HTTP to the targets that take requests, one after the other. */
export const startAwsEntry = (
  targets: () => readonly AwsTarget[],
  requestOver: () => void,
): Promise<Listening> => {
  let turn = 0;
  return listenOn(
    createServer((incoming, outgoing) => {
      const able = targets().filter((target) => target.takesRequests);
      const target = able[turn++ % Math.max(able.length, 1)];
      if (target === undefined) outgoing.writeHead(503).end(noTarget);
      else pass(target, incoming, outgoing, requestOver);
    }),
  );
};
