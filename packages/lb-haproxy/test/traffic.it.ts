import type { LoadBalancer } from "@hawser/core/plugin";
import {
  holdAt,
  type LoadResponse,
  operationContext,
  type ReleaseApp,
  startLoad,
  startReleaseApp,
} from "@hawser/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { balancerOf, instance, startWeb, type Web } from "./web-trial.ts";

let web: Web;
let loadBalancer: LoadBalancer;

const ensure = (id: string, state: "in" | "out", more = {}) =>
  loadBalancer.ensure(
    { instance: instance(id), state, drainTimeoutMs: 30_000, onDrainTimeout: "abort", ...more },
    operationContext(),
  );

const rightAnswer = (response: LoadResponse): string | undefined =>
  response.body === `release=${response.headers["x-release"]}\n` ? undefined : "another body";

const load = () =>
  startLoad({ url: `http://127.0.0.1:${web.haproxies[0]?.port}/`, concurrency: 6, validate: rightAnswer });

/** Kills the application and starts it again on its port, with a moment in which it answers nothing but errors. */
const restart = async (app: ReleaseApp): Promise<ReleaseApp> => {
  await app.stop();
  return startReleaseApp({ release: app.release, port: app.port, warmUpMs: 300 });
};

beforeEach(async () => {
  web = await startWeb();
  loadBalancer = await balancerOf({ socket: web.haproxies[0]?.socketPath ?? "", backend: "app" });
});
afterEach(() => web[Symbol.asyncDispose]());

describe("under load", () => {
  it("fails no request while both applications are restarted 20 times each", async () => {
    await using running = load();
    await running.flowing;
    for (let round = 0; round < 20; round++) {
      for (const [index, app] of web.apps.entries()) {
        expect((await ensure(app.release, "out")).state).toBe("out");
        web.apps[index] = await restart(app);
        expect(await ensure(app.release, "in")).toMatchObject({ state: "in", healthy: "yes" });
      }
    }
    const result = await running.stop();
    expect(result).toMatchObject({ failed: 0, reconnected: 0, errors: [] });
    expect(result.byRelease).toMatchObject({ web1: expect.any(Number), web2: expect.any(Number) });
  });

  it("fails requests when an application is stopped without being taken out, so the measure measures", async () => {
    const url = `http://127.0.0.1:${web.haproxies[0]?.port}/slow?ms=200`;
    await using running = startLoad({ url, concurrency: 6 });
    await running.flowing;
    await web.apps[0].stop();
    await expect
      .poll(
        async () => (await loadBalancer.states({ instances: [instance("web1")] }, operationContext()))[0],
        { timeout: 20_000 },
      )
      .toMatchObject({ healthy: "no" });
    expect((await running.stop()).failed).toBeGreaterThan(0);
  });

  it("fails no request when HAProxy reloads, and forgets, in the middle of a drain", async () => {
    const [app] = web.apps;
    const [haproxy] = web.haproxies;
    await using running = load();
    await running.flowing;
    await ensure(app.release, "out");
    await haproxy?.reload();
    // The reload put it back in: ensuring again takes it out again.
    expect(await ensure(app.release, "out")).toMatchObject({ state: "out" });
    web.apps[0] = await restart(app);
    await ensure(app.release, "in");
    expect(await running.stop()).toMatchObject({ failed: 0, errors: [] });
  });
});

describe("a connection held open", () => {
  it("is served to its end by the process that a reload replaced, and the forgotten drain is set again", async () => {
    const [app] = web.apps;
    const [haproxy] = web.haproxies;
    const held = await holdAt(haproxy?.port ?? 0, app);
    const leaving = ensure(app.release, "out");
    await expect
      .poll(
        async () => (await loadBalancer.states({ instances: [instance("web1")] }, operationContext()))[0],
        { timeout: 20_000 },
      )
      .toMatchObject({ state: "draining" });
    await haproxy?.reload();
    expect((await leaving).state).toBe("out");
    await held.end();
    expect(await held.over).toBe("ended");
  });

  it("stays, and so does the drain, when the drain limit aborts", async () => {
    const [app] = web.apps;
    const held = await holdAt(web.haproxies[0]?.port ?? 0, app);
    await expect(ensure(app.release, "out", { drainTimeoutMs: 300 })).rejects.toMatchObject({
      code: "HWS_LB_DRAIN_TIMEOUT",
      message: expect.stringContaining("1 open"),
    });
    const [member] = await loadBalancer.states({ instances: [instance("web1")] }, operationContext());
    expect(member?.state).toBe("draining");
    await held.end();
    expect(await held.over).toBe("ended");
  });
});
