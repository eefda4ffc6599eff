import type { EnsureRequest, Instance, OperationContext } from "@hawser/core/plugin";
import { MemoryLoadBalancer, operationContext } from "@hawser/testkit";
import { expect, it } from "vitest";
import { defineStep } from "../../src/index.ts";
import { ended, ending, given, openProject, type Project } from "./fixtures/project.ts";

const instance = (id: string): Instance => ({ id, address: id, roles: ["web"], lifecycle: "inService" });

/** What somebody does to a member without the run's knowledge: the load balancer's reload, or a person. */
const behindItsBack = async (project: Project, id: string, state: EnsureRequest["state"]): Promise<void> =>
  void (await project.balancer.ensure(
    { instance: instance(id), state, drainTimeoutMs: 1_000, onDrainTimeout: "force" },
    operationContext(),
  ));

/** A step of the waves that does something when it comes to the first instance. */
const meanwhile = (work: () => Promise<void>) =>
  defineStep({
    name: "meanwhile",
    where: "waves",
    needs: [],
    run: async (_, context) => {
      if (context.instance?.id === "web1") await work();
    },
  });

/** Deploys a second release to three instances, one after the other, with something done after a step of the waves. */
const deployWith = async (
  after: string,
  work: (project: Project) => Promise<void>,
  balancer?: (project: Project) => MemoryLoadBalancer,
) => {
  const project = await openProject({ instances: 3, config: { rollout: { maxUnavailable: 1 } } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" }, { label: "v2" });
  const engine = await project.engineWith({
    steps: { meanwhile: { after, use: meanwhile(() => work(project)) } },
    ...(balancer && { loadBalancer: given("loadBalancer", balancer(project)) }),
  });
  const { result } = await ended(engine.deploy());
  const members = await project.balancer.states({ instances: ["web1", "web2", "web3"].map(instance) });
  return { project, result, states: members.map(({ state }) => state) };
};

const warned = (code: string, more = {}) =>
  expect.arrayContaining([expect.objectContaining({ code, instance: "web1", ...more })]);

it("takes a drained member out again that was let in before it was switched, and says so", async () => {
  const seen: string[] = [];
  class Watched extends MemoryLoadBalancer {
    override async ensure(request: EnsureRequest, context: OperationContext) {
      if (request.instance.id === "web1") seen.push(request.state);
      return await super.ensure(request, context);
    }
  }
  const watched = new Watched(["web1", "web2", "web3"]);
  const { result } = await deployWith(
    "drain",
    async () => {
      await watched.ensure(
        { instance: instance("web1"), state: "in", drainTimeoutMs: 0, onDrainTimeout: "force" },
        operationContext(),
      );
    },
    () => watched,
  );
  expect(ending(result)).toBe("0 done");
  expect(seen).toEqual(["out", "in", "out", "in"]);
  expect(result.warnings).toEqual(
    warned("HWS_ROLLOUT_READMITTED", { message: expect.stringContaining("before it was switched") }),
  );
});

it("says of a member that was let in while it was switched", async () => {
  const { result } = await deployWith("activate", (project) => behindItsBack(project, "web1", "in"));
  expect(ending(result)).toBe("0 done");
  expect(result.warnings).toEqual(
    warned("HWS_ROLLOUT_READMITTED", { message: expect.stringContaining("while it was switched") }),
  );
});

it("puts a member in again that was forgotten after it had joined, and says so", async () => {
  const { result, states } = await deployWith("join", (project) => behindItsBack(project, "web1", "absent"));
  expect(ending(result)).toBe("0 done");
  expect(states).toEqual(["in", "in", "in"]);
  expect(result.warnings).toEqual(warned("HWS_ROLLOUT_FORGOTTEN"));
});

it("leaves a member out that a person took out after it had joined, and says so", async () => {
  const { result, states } = await deployWith("join", (project) => behindItsBack(project, "web1", "out"));
  expect(ending(result)).toBe("0 done");
  expect(states).toEqual(["out", "in", "in"]);
  expect(result.warnings).toEqual(warned("HWS_ROLLOUT_LEFT"));
});

it("says nothing when nobody forgot anything", async () => {
  const { result } = await deployWith("join", async () => {});
  expect(ending(result)).toBe("0 done");
  expect(result.warnings).toEqual([]);
});
