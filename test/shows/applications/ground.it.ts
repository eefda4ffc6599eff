import { afterAll, beforeAll, expect, test } from "vitest";
import { ending } from "../hawser-process.ts";
import { type Ground, openGround } from "./ground.ts";
import { underRunit } from "./runit.ts";
import type { Files } from "./sources.ts";

const faults = ["none", "mixes", "drops", "stays"] as const;
type Fault = (typeof faults)[number];

/** An application of one file; each release but the first has a fault that a ground must see. */
const server = (number: number, fault: Fault): string => `
import { createServer } from "node:http";
import { basename } from "node:path";

let asked = 0;
const server = createServer((request, response) => {
  asked += 1;
  if (${fault === "drops"} && asked % 7 === 0) return request.socket.destroy();
  response.writeHead(200, { "x-release": basename(import.meta.dirname) });
  response.end("v${number} v${fault === "mixes" ? number - 1 : number}\\n");
});
server.listen(80, "0.0.0.0");
process.once("SIGTERM", () => server.close());
`;

const { ready } = underRunit("shop", "#!/bin/sh\ncd -P /srv/app/current && exec node server.mjs\n");

const sources = (number: number): Files => {
  const fault = faults[number - 1] ?? "none";
  const activate = fault === "stays" ? "exit 0\n" : "exec sv -w 30 restart /srv/service/shop\n";
  return { "server.mjs": server(number, fault), "activate.sh": activate };
};

let ground: Ground;
beforeAll(async () => {
  ground = await openGround({
    sources,
    ready,
    releases: faults.length,
    installer: { use: "@hawser/installer-script", with: { activate: ["sh activate.sh"] } },
  });
}, 600_000);
afterAll(() => ground?.[Symbol.asyncDispose]());

test("the ground sees an application that mixes releases, drops requests, or stays what it was", async () => {
  const deployed = async (fault: Fault): Promise<string> => {
    const end = await ground.deploy(faults.indexOf(fault) + 1);
    expect(ending(end)).toBe("0 done");
    return end.result?.release ?? "";
  };
  const answers = async () => Object.values(await ground.answers());

  const good = await deployed("none");
  expect(await answers()).toEqual([[`v1 v1 ${good}`], [`v1 v1 ${good}`]]);
  await ground.load();

  await deployed("mixes");
  expect(await answers()).toEqual([["mixed answer: v2 v1"], ["mixed answer: v2 v1"]]);

  const dropping = await deployed("drops");
  for (const heard of await answers())
    expect([...heard].sort()).toEqual(["socket hang up", `v3 v3 ${dropping}`]);

  const wanted = await deployed("stays");
  for (const heard of await answers()) expect(heard).toContain(`v3 v3 ${dropping}`);

  const report = await ground.report();
  expect(report.mixes).toBeGreaterThan(0);
  expect(report.errors).toEqual(
    expect.arrayContaining([
      expect.stringContaining("mixed answer: v2 v1"),
      expect.stringContaining("status 502"),
    ]),
  );
  expect(report.stale).toEqual([expect.stringMatching(`x ${dropping} while ${wanted} was in service$`)]);
  expect(report.failed).toBeGreaterThan(report.mixes);
}, 600_000);
