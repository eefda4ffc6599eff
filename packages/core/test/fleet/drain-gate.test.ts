import type { Instance, RunEvent } from "@hawser/core/plugin";
import { MemoryLoadBalancer, operationContext } from "@hawser/testkit";
import { expect, it, vi } from "vitest";
import { RunControl } from "../../src/engine/control.ts";
import type { Operation } from "../../src/engine/operation.ts";
import { Reporter } from "../../src/engine/reporter.ts";
import { Balancers } from "../../src/fleet/balancers.ts";
import { DrainGate } from "../../src/fleet/drain-gate.ts";
import { FleetMember } from "../../src/fleet/member.ts";
import type { Rollout } from "../../src/index.ts";

const instance = (id: string): Instance => ({ id, address: id, roles: ["web"], lifecycle: "inService" });

/** Members behind one load balancer, all in and healthy, and the gate that they share. */
const fleetOf = (ids: readonly string[], rollout: Partial<Rollout> = {}) => {
  const balancer = new MemoryLoadBalancer(ids);
  const balancers = new Balancers([{ name: "front", balancer, roles: undefined }]);
  const members = ids.map((id) => new FleetMember(instance(id), "/srv/shop"));
  for (const member of members) member.before = { current: "000001", balancers: { front: "in" } };
  const events: RunEvent[] = [];
  const control = new RunControl();
  const drained = new Set<string>();
  const operation = {
    desk: {
      config: {
        rollout: { minHealthy: 0, drain: "auto", drainTimeoutMs: 5_000, onDrainTimeout: "force", ...rollout },
      },
      providers: { balancers },
    },
    fleet: { members },
    reporter: new Reporter([(event) => events.push(event)], (value) => value),
    control,
    stores: { drains: { ids: async () => drained } },
    drained: () => members.filter(({ state }) => state === "draining").map(({ id }) => id),
    context: () => operationContext(),
    guard: async () => {},
  } as unknown as Operation;
  const states = async () =>
    (await balancer.states({ instances: ids.map(instance) })).map(({ state }) => state);
  return { balancer, members, events, control, drained, states, gate: new DrainGate(operation) };
};

it("takes a member out while another is in and healthy", async () => {
  const { gate, members, states } = fleetOf(["a", "b"]);
  expect(await gate.drain(members[0]!)).toBe(true);
  expect(await states()).toEqual(["out", "in"]);
});

it("looks once for all who ask at the same time, and still keeps the last of them in", async () => {
  const { gate, members, balancer } = fleetOf(["a", "b", "c", "d"], { drainTimeoutMs: 50 });
  const looks = vi.spyOn(balancer, "states");
  const out = await Promise.all(members.map((member) => gate.drain(member)));
  expect(out).toEqual([true, true, true, false]);
  expect(looks.mock.calls.length).toBeLessThan(members.length);
});

it("keeps the last healthy member in, and says so", async () => {
  const { gate, members, states, events } = fleetOf(["a"]);
  expect(await gate.drain(members[0]!)).toBe(false);
  expect(await states()).toEqual(["in"]);
  expect(events).toMatchObject([{ type: "warning", code: "HWS_ROLLOUT_LAST_MEMBER", instance: "a" }]);
});

it.each([
  ["`drain: always`", ["a"], { drain: "always" } as const],
  ["`minHealthy`", ["a", "b"], { minHealthy: "100%" } as const],
])("refuses to go below what %s asks for", async (_, ids, rollout) => {
  const { gate, members, states } = fleetOf(ids, rollout);
  await expect(gate.drain(members[0]!)).rejects.toMatchObject({
    code: "HWS_ROLLOUT_LAST_MEMBER",
    instance: "a",
  });
  expect(await states()).toEqual(ids.map(() => "in"));
});

it("counts only others that serve: who is unhealthy or out helps nobody", async () => {
  const { gate, members, balancer } = fleetOf(["a", "b", "c"]);
  balancer.setHealth("b", "no");
  await balancer.ensure(
    { instance: instance("c"), state: "out", drainTimeoutMs: 0, onDrainTimeout: "force" },
    operationContext(),
  );
  expect(await gate.drain(members[0]!)).toBe(false);
});

it("counts whom a person drained as out already, whatever the load balancer says yet", async () => {
  const { gate, members, drained, states } = fleetOf(["a", "b"]);
  drained.add("b");
  expect(await gate.drain(members[0]!)).toBe(false);
  expect(await states()).toEqual(["in", "in"]);
});

it("takes out who has come in since the run began, and leaves who is out", async () => {
  const { gate, members, states, balancer } = fleetOf(["a", "b", "c"]);
  const [first, , third] = members as [FleetMember, FleetMember, FleetMember];
  for (const member of [first, third]) member.before = { current: "000001", balancers: { front: "out" } };
  await balancer.ensure(
    { instance: third.instance, state: "out", drainTimeoutMs: 0, onDrainTimeout: "force" },
    operationContext(),
  );
  expect([await gate.drain(first), await gate.drain(third)]).toEqual([true, false]);
  expect(await states()).toEqual(["out", "in", "out"]);
  expect([first.takenFrom, third.takenFrom]).toEqual([["front"], []]);
});

it("always lets go of a member that serves nobody", async () => {
  const { gate, members, balancer, states } = fleetOf(["a"], { drain: "always" });
  balancer.setHealth("a", "no");
  expect(await gate.drain(members[0]!)).toBe(true);
  expect(await states()).toEqual(["out"]);
});

it("never lets two members that ask at once both be the last but one", async () => {
  const { gate, members, states, control } = fleetOf(["a", "b"]);
  const asked = Promise.allSettled(members.map((member) => gate.drain(member)));
  await vi.waitFor(async () => expect((await states()).filter((state) => state === "out")).toHaveLength(1));
  // The second waits for the first to come back; a cancel ends the wait.
  control.cancel();
  expect(await asked).toMatchObject([
    { status: "fulfilled", value: true },
    { status: "rejected", reason: { code: "HWS_RUN_CANCELLED" } },
  ]);
  expect(await states()).toEqual(["out", "in"]);
});

it("waits for a member of this run that is on its way back, and says what for and until when", async () => {
  const { gate, members, balancer, events } = fleetOf(["a", "b"]);
  const [first, second] = members as [FleetMember, FleetMember];
  expect(await gate.drain(first)).toBe(true);
  const waiting = gate.drain(second);
  await vi.waitFor(() => expect(events.some(({ type }) => type === "waiting")).toBe(true));
  expect(events.find((event) => event.type === "waiting")).toMatchObject({
    what: "another member to be healthy before draining",
    instances: ["b"],
  });
  first.state = "active";
  await balancer.ensure(
    { instance: first.instance, state: "in", drainTimeoutMs: 0, onDrainTimeout: "force" },
    operationContext(),
  );
  expect(await waiting).toBe(true);
});
