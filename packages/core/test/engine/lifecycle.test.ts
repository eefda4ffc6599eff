import { mkdir } from "node:fs/promises";
import type { Instance, Inventory, OperationContext } from "@hawser/core/plugin";
import { expect, it } from "vitest";
import { ended, ending, given, openProject, type Project } from "./fixtures/project.ts";

/** What an autoscaling service would be told. */
interface Told {
  readonly told: string[];
  failing: boolean;
}

const starting = (project: Project, id: string): Instance => ({
  id,
  address: `${id}.test`,
  root: project.root(id),
  roles: ["web"],
  lifecycle: "starting",
});

/** A project with an autoscaling service that counts what it is told, and a third instance that starts. */
const grown = async (options: Parameters<typeof openProject>[0] = {}) => {
  const project = await openProject(options);
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  await mkdir(project.root("web3"), { recursive: true });
  project.inventory.set(starting(project, "web3"));
  const service: Told = { told: [], failing: false };
  const say = (what: string) => {
    if (service.failing) throw new Error("the service is down");
    service.told.push(what);
  };
  const inventory: Inventory = {
    list: (context: OperationContext) => project.inventory.list(context),
    complete: async ({ instance, result }) => say(`${instance.id} ${result}`),
    heartbeat: async ({ instance }) => say(`${instance.id} beat`),
  };
  const engine = await project.engineWith({ ...options?.config, inventory: given("inventory", inventory) });
  return { project, service, engine };
};

it("brings up who is starting, asks for time meanwhile, and completes it when the release is desired", async () => {
  const { project, service, engine } = await grown();
  const { result, events } = await ended(engine.deploy());
  expect(ending(result)).toBe("0 done");
  expect(service.told).toEqual(["web3 beat", "web3 ready"]);
  expect(events.at(-1)).toMatchObject({ type: "result" });
  const members = await project.balancer.states({ instances: [starting(project, "web3")] });
  expect(members).toMatchObject([{ state: "in" }]);
});

it("completes nobody when the run is put back", async () => {
  const { service, engine } = await grown({
    plan: { check: { command: '[ "$HAWSER_INSTANCE" != web3 ]', timeoutMs: 1, stableMs: 0 } },
    config: { rollout: { waves: ["50%", "100%"] } },
  });
  expect((await engine.deploy().result).outcome).toBe("putBack");
  expect(service.told).toEqual(["web3 beat"]);
});

it("ends the run well with a warning when the service cannot be told, and tells it the next time", async () => {
  const { service, engine } = await grown();
  service.failing = true;
  const result = await engine.deploy().result;
  expect(ending(result)).toBe("0 done");
  expect(result.warnings.map(({ code }) => code).sort()).toEqual([
    "HWS_FLEET_COMPLETE",
    "HWS_FLEET_HEARTBEAT",
  ]);
  service.failing = false;
  expect(ending(await engine.deploy().result)).toBe("0 done");
  expect(service.told).toContain("web3 ready");
});

it("does not complete who was drained by a person", async () => {
  const { service, engine } = await grown();
  await engine.drain({ instances: ["web3"], reason: "not this one", force: true }).result;
  expect(ending(await engine.deploy().result)).toBe("0 done");
  expect(service.told).toEqual(["web3 beat"]);
});

it("joins an instance that came up by itself with the right release, and leaves one that a person took out", async () => {
  const { project, engine, service } = await grown();
  expect(ending(await engine.deploy().result)).toBe("0 done");
  service.told.length = 0;
  const { balancer, inventory } = project;
  const context = { signal: new AbortController().signal } as OperationContext;
  const [web1, web2] = await inventory.list(context);
  const request = { drainTimeoutMs: 0, onDrainTimeout: "force" } as const;
  await balancer.ensure({ ...request, instance: web1 as Instance, state: "absent" }, context);
  await balancer.ensure({ ...request, instance: web2 as Instance, state: "out" }, context);
  inventory.set({ ...starting(project, "web3"), lifecycle: "inService" });
  expect(ending(await engine.deploy().result)).toBe("0 done");
  const states = await balancer.states({ instances: await inventory.list(context) });
  expect(states.map(({ state }) => state)).toEqual(["in", "out", "in"]);
});
