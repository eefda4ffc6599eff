import { once } from "node:events";
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AwsServer, startAwsStandIn } from "../src/servers/aws-stand-in.ts";
import type { AwsTargetGroup, AwsTargetGroupSetup } from "../src/servers/aws-target-group.ts";
import { type ReleaseApp, startReleaseApp } from "../src/servers/http-release-app.ts";

let aws: AwsServer;
let apps: ReleaseApp[];
beforeEach(async () => {
  aws = await startAwsStandIn();
  apps = [];
});
afterEach(async () => {
  for (const opened of [aws, ...apps]) await opened[Symbol.asyncDispose]();
});

const serve = async (release: string, warmUpMs = 0): Promise<ReleaseApp> => {
  const app = await startReleaseApp({ release, warmUpMs });
  apps.push(app);
  return app;
};

const groupWith = async (
  setup: Partial<AwsTargetGroupSetup>,
  ...targets: readonly ReleaseApp[]
): Promise<AwsTargetGroup> => {
  const group = await aws.account.addTargetGroup({ type: "ip", port: 80, ...setup });
  for (const { address, port, release } of targets) group.register(release, { address, port });
  return group;
};

const ask = async ({ port }: AwsTargetGroup, path = "/"): Promise<string> => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  await answer.text();
  return answer.headers.get("x-release") ?? `status ${answer.status}`;
};

const stateOf = (group: AwsTargetGroup, { release, port }: ReleaseApp): string => {
  const { TargetHealth } = group.describeTarget(release, port) as { TargetHealth: { State: string } };
  return TargetHealth.State;
};

const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 1_000; tries++) {
    if (holds()) return;
    await sleep(10);
  }
  throw new Error(`it never was so: ${what}`);
};

describe("the entry of a target group", () => {
  it("sends nothing to a target that no check has found healthy yet", async () => {
    const app = await serve("one");
    const group = await groupWith({}, app);
    expect([stateOf(group, app), await ask(group)]).toEqual(["initial", "status 503"]);
    await until("healthy", () => stateOf(group, app) === "healthy");
    expect(await ask(group)).toBe("one");
  });

  it("shares requests among the targets whose check passes, and sends none to those whose check fails", async () => {
    const [one, two, sick] = [await serve("one"), await serve("two"), await serve("sick", 3_600_000)];
    const group = await groupWith({}, one, two, sick);
    await until("two healthy", () => group.healthy === 2 && stateOf(group, sick) === "unhealthy");
    const asked = [await ask(group), await ask(group), await ask(group), await ask(group)];
    expect(asked.toSorted()).toEqual(["one", "one", "two", "two"]);
    await two.stop();
    await until("unhealthy", () => stateOf(group, two) === "unhealthy");
    expect([await ask(group), await ask(group)]).toEqual(["one", "one"]);
  });

  it("checks the path of its group", async () => {
    const app = await serve("one", 3_600_000);
    const group = await groupWith({ checkPath: "/large?bytes=3" }, app);
    await until("healthy", () => stateOf(group, app) === "healthy");
  });

  it("lets a draining target end what it has begun, and sends it nothing new", async () => {
    const [one, two] = [await serve("one"), await serve("two")];
    const group = await groupWith({ delaySeconds: 60 }, one);
    await until("healthy", () => group.healthy === 1);
    const [held] = await once(get(`http://127.0.0.1:${group.port}/hold?key=k`), "response");
    let body = "";
    held.on("data", (chunk: Buffer) => {
      body += String(chunk);
    });
    group.register("two", { address: two.address, port: two.port });
    await until("both healthy", () => group.healthy === 2);
    group.deregister("one", one.port);
    expect(stateOf(group, one)).toBe("draining");
    expect([await ask(group), await ask(group), await ask(group)]).toEqual(["two", "two", "two"]);
    const over = once(held, "end");
    await one.end("k");
    await over;
    expect(body).toBe("held\nended\n");
  });

  it("cuts what is still open when the delay is over, and forgets the target", async () => {
    const app = await serve("one");
    const group = await groupWith({ delaySeconds: 1 }, app);
    await until("healthy", () => group.healthy === 1);
    const [held] = await once(get(`http://127.0.0.1:${group.port}/hold?key=k`), "response");
    const cut = once(held.resume(), "error");
    group.deregister("one", app.port);
    await cut;
    await until("forgotten", () => stateOf(group, app) === "unused");
    expect(await ask(group)).toBe("status 503");
  });

  it("keeps a target that is registered again while it drains", async () => {
    const app = await serve("one");
    const group = await groupWith({ delaySeconds: 60 }, app);
    await until("healthy", () => group.healthy === 1);
    group.deregister("one", app.port);
    expect(await ask(group)).toBe("status 503");
    group.register("one", { address: app.address, port: app.port });
    expect(await ask(group)).toBe("one");
  });
});
