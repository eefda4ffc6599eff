import { MemoryInventory, MemoryLoadBalancer, SimulatedTransport } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { ended, given, openProject } from "./fixtures/project.ts";

/** A project whose instances are simulated, so many. */
const projectOf = async (count: number) => {
  const ids = Array.from({ length: count }, (_, index) => `web${index + 1}`);
  const transport = new SimulatedTransport();
  const inventory = new MemoryInventory(
    ids.map((id) => ({ id, address: `${id}.test`, roles: ["web"], lifecycle: "inService" })),
  );
  const project = await openProject({
    instances: 0,
    config: {
      transport: given("transport", transport),
      inventory: given("inventory", inventory),
      loadBalancer: given("loadBalancer", new MemoryLoadBalancer(ids)),
    },
  });
  return { ...project, transport };
};

/** Bytes of the heap beyond what it was, while deploys of so many instances end. */
const deployThrice = async (count: number): Promise<number> => {
  const { engine, source, transport } = await projectOf(count);
  const before = process.memoryUsage().heapUsed;
  const first = await ended(engine.deploy({}));
  source.add({ "index.html": "two" }, { label: "v2" });
  const patch = await ended(engine.deploy({}));
  const same = await ended(engine.deploy({}));
  expect([first, patch, same].map(({ result }) => result.outcome)).toEqual(["done", "done", "unchanged"]);
  expect(new Set(transport.current)).toEqual(new Set([patch.result.release]));
  expect(transport.current).toHaveLength(count);
  expect(transport.openSessions).toBe(0);
  return process.memoryUsage().heapUsed - before;
};

describe("a deployer of many instances", () => {
  it.each([10, 100])("ends done on %i simulated instances, and leaves no session open", async (count) => {
    const grown = await deployThrice(count);
    // Garbage is counted too: only what grows by megabytes for each instance is found here.
    expect(grown).toBeLessThan((64 << 20) + count * (1 << 20));
  });
});
