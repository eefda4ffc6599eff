import { startHaproxy, startLoad } from "@hawser/testkit";
import { expect, test, vi } from "vitest";
import { balancerStates } from "./balancer.ts";
import { ending } from "./hawser-process.ts";
import { openStage } from "./stage.ts";

vi.setConfig({ testTimeout: 600_000 });

test("two load balancers, each of a role: an instance of both is in both, and each keeps its own members healthy", async () => {
  await using stage = await openStage({ instances: 3 });
  const [both, web, api] = stage.fleet.instances;
  if (both === undefined || web === undefined || api === undefined) throw new Error("three are needed");
  const servers = [both, api].map(({ id, address }) => ({ name: id, address, port: 80 }));
  await using second = await startHaproxy({ servers });
  await stage.list([
    { ...both, roles: ["web", "api"] },
    { ...web, roles: ["web"] },
    { ...api, roles: ["api"] },
  ]);
  await stage.configure((config) => ({
    ...config,
    loadBalancer: {
      web: {
        use: "@hawser/lb-haproxy",
        with: { socket: stage.haproxy.socketPath, backend: "app" },
        roles: ["web"],
      },
      api: { use: "@hawser/lb-haproxy", with: { socket: second.socketPath, backend: "app" }, roles: ["api"] },
    },
    rollout: { maxUnavailable: "100%" },
  }));
  const apiStates = () => balancerStates(second);
  expect(ending(await stage.hawser("deploy", "--ref", "v1"))).toBe("0 done");

  await using loads = {
    web: startLoad({ url: `${stage.url}/__release`, rate: 50 }),
    api: startLoad({ url: `http://127.0.0.1:${second.port}/__release`, rate: 50 }),
    async [Symbol.asyncDispose]() {
      await this.web[Symbol.asyncDispose]();
      await this.api[Symbol.asyncDispose]();
    },
  };
  await Promise.all([loads.web.flowing, loads.api.flowing]);
  const deploy = stage.start("deploy", "--ref", "v2");
  await deploy.event(
    (event) => event.type === "instance" && event.instance === both.id && event.state === "switching",
  );
  // Of the role's load balancer nobody is touched who has another role.
  expect((await stage.balancer())[api.id]).toBe("in");
  expect([(await stage.balancer())[both.id], (await apiStates())[both.id]]).toEqual(["out", "out"]);
  expect(ending(await deploy.ended)).toBe("0 done");
  expect(ending(await stage.hawser("rollback"))).toBe("0 done");
  for (const load of [loads.web, loads.api])
    expect(await load.stop()).toMatchObject({ failed: 0, errors: [] });

  expect(ending(await stage.hawser("drain", both.id, "--reason", "its disk makes noises"))).toBe("0 done");
  expect([(await stage.balancer())[both.id], (await apiStates())[both.id]]).toEqual(["out", "out"]);
  const last = await stage.hawser("drain", api.id, "--reason", "this one too");
  expect(ending(last)).toMatch(/^1 untouched HWS_DRAIN_LAST/);
  expect(last.result?.error).toMatchObject({
    code: "HWS_DRAIN_LAST",
    message: expect.stringContaining("api"),
  });
  expect(ending(await stage.hawser("deploy", "--ref", "v3"))).toBe("0 done");
  expect([(await stage.balancer())[both.id], (await apiStates())[both.id]]).toEqual(["out", "out"]);

  const told = await stage.plainly(
    "exec",
    "--role",
    "api",
    "--",
    "sh",
    "-c",
    'echo "$HAWSER_INSTANCE: $1"',
    "sh",
    "it's",
  );
  expect(told.exitCode).toBe(0);
  expect(told.stdout.trim().split("\n").sort()).toEqual([
    `${both.id} | ${both.id}: it's`,
    `${api.id} | ${api.id}: it's`,
  ]);
  expect((await stage.plainly("status")).stdout).toContain("its disk makes noises");
  expect(ending(await stage.hawser("undrain", both.id))).toBe("0 done");
  expect([(await stage.balancer())[both.id], (await apiStates())[both.id]]).toEqual(["in", "in"]);
});
