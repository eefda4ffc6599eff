import type { Instance } from "@hawser/core/plugin";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HawserError } from "../../src/errors/hawser-error.ts";
import { FleetMember } from "../../src/fleet/member.ts";
import { Account } from "../../src/reconcile/account.ts";
import { WatchMemory } from "../../src/watch/memory.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const member = (id: string, lifecycle: Instance["lifecycle"] = "inService") =>
  new FleetMember({ id, address: id, roles: ["web"], lifecycle }, "/srv/shop");

const seen = { state: "in", healthy: "yes", version: 1 } as const;

const after = (
  parts: Partial<Pick<Account, "present" | "well">>,
  failed: readonly string[] = [],
): Account => {
  const account = Object.assign(new Account(), parts);
  for (const id of failed) account.failed.set(id, new HawserError("HWS_CHECK_FAILED", "ill"));
  return account;
};

it("asks who is new, who is seen otherwise than before, and when something else is desired", () => {
  const memory = new WatchMemory();
  const web1 = member("web1");
  expect(memory.suspects(web1.instance, seen)).toBe(true);
  memory.learn(after({ present: [web1], well: [web1] }));
  expect(memory.suspects(web1.instance, seen)).toBe(false);
  expect(memory.suspects(web1.instance, { ...seen, healthy: "no" })).toBe(true);
  expect(memory.suspects(web1.instance, { ...seen, state: "out" })).toBe(true);
  expect(memory.suspects(web1.instance, { ...seen, version: 2 })).toBe(true);
  expect(memory.suspects({ ...web1.instance, address: "10.0.0.9" }, seen)).toBe(true);
  memory.forgetWell();
  expect(memory.suspects(web1.instance, seen)).toBe(true);
});

it("lets who failed rest for 30 s, then twice as long each time, at most 10 minutes", () => {
  const memory = new WatchMemory();
  const web1 = member("web1");
  for (const rest of [30, 60, 120, 240, 480, 600, 600]) {
    memory.learn(after({ present: [web1] }, ["web1"]));
    vi.advanceTimersByTime(rest * 1_000 - 1);
    expect(memory.isDue("web1")).toBe(false);
    vi.advanceTimersByTime(1);
    expect(memory.isDue("web1")).toBe(true);
  }
});

it("gives a starting instance up after three turns that failed, once", () => {
  const memory = new WatchMemory();
  const web1 = member("web1", "starting");
  const given = Array.from({ length: 4 }, () => memory.learn(after({ present: [web1] }, ["web1"])));
  expect(given).toEqual([[], [], [web1.instance], []]);
});

it("holds nothing of instances that are gone", () => {
  const memory = new WatchMemory();
  for (let turn = 0; turn < 50; turn++) {
    const [well, ill] = [member(`web${turn}`), member(`ill${turn}`)];
    memory.suspects(well.instance, seen);
    memory.learn(after({ present: [well, ill], well: [well] }, [ill.id]));
    expect([memory.well, memory.troubled]).toEqual([1, 1]);
  }
});
