import type { Listener, Moment } from "@hawser/core/plugin";
import { listenerContext, runResult } from "@hawser/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Ear } from "../../src/engine/ear.ts";
import { Waits } from "../../src/engine/waits.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const message = (release: string, moments: readonly Moment[] = []) => ({
  event: runResult({ release }),
  about: { moments, subject: listenerContext().subject },
});

const earOf = (make: () => Listener | Promise<Listener>) => {
  const failures: string[] = [];
  const ear = new Ear({
    make,
    on: undefined,
    context: (signal, about) => listenerContext({ signal, ...about }),
    failed: (error) => failures.push((error as Error).message),
  });
  return { ear, failures };
};

const hanging = (heard: string[]): Listener => ({
  on: async (event) => {
    heard.push(event.type === "result" ? (event.release ?? "") : event.type);
    await new Promise(() => {});
  },
});

describe("a listener that hangs", () => {
  it("is told of once, hears the moments that wait behind, and of the rest nothing", async () => {
    const heard: string[] = [];
    const { ear, failures } = earOf(() => hanging(heard));
    for (const release of ["1", "2", "3"]) ear.hear(message(release));
    ear.hear(message("4", ["failed"]));
    await vi.advanceTimersByTimeAsync(11_000);
    expect(heard).toEqual(["1", "4"]);
    expect(failures).toEqual(["it did not end within 5 s"]);
  });

  it("has 5 s for all that is left when it is closed", async () => {
    const heard: string[] = [];
    const { ear } = earOf(() => hanging(heard));
    for (const release of ["1", "2", "3"]) ear.hear(message(release, ["done"]));
    let closed = false;
    void ear.close().then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(4_900);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(closed).toBe(true);
    expect(heard).toHaveLength(1);
  });

  it("already when it is made hears nothing and keeps nobody longer", async () => {
    const { ear, failures } = earOf(() => new Promise(() => {}));
    ear.hear(message("1", ["failed"]));
    const closed = ear.close();
    await vi.advanceTimersByTimeAsync(5_100);
    await closed;
    expect(failures).toHaveLength(1);
  });
});

it("a listener that is slow misses what is no moment, never a moment, and is told of it once", async () => {
  const heard: string[] = [];
  let go: () => void = () => {};
  const first = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { ear, failures } = earOf(() => ({
    on: async (event) => {
      await first;
      if (event.type === "result") heard.push(event.release ?? "");
    },
  }));
  await vi.advanceTimersByTimeAsync(1);
  for (let count = 0; count < 5_000; count += 1) ear.hear(message(`event ${count}`));
  for (let count = 0; count < 5; count += 1) ear.hear(message(`moment ${count}`, ["stuck"]));
  go();
  await ear.close();
  expect(heard.length).toBeLessThanOrEqual(1_001);
  expect(heard.slice(-5)).toEqual([0, 1, 2, 3, 4].map((count) => `moment ${count}`));
  expect(failures).toEqual([expect.stringContaining("slow")]);
});

it("a listener hears one event after the other, in their order", async () => {
  const heard: string[] = [];
  const { ear } = earOf(() => ({
    on: async (event) => {
      if (event.type !== "result") return;
      heard.push(`begin ${event.release}`);
      await new Promise((resolve) => setTimeout(resolve, event.release === "1" ? 100 : 1));
      heard.push(`end ${event.release}`);
    },
  }));
  ear.hear(message("1"));
  ear.hear(message("2"));
  await vi.advanceTimersByTimeAsync(200);
  expect(heard).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
});

describe("waits", () => {
  const wait = () =>
    ({ type: "waiting", what: "storage", since: Date.now(), until: 0, instances: [], time: 0 }) as const;

  it("that end in time are not told of", () => {
    const told = vi.fn();
    const waits = new Waits();
    waits.onStuck = told;
    const over = waits.begin(wait());
    vi.advanceTimersByTime(59_999);
    over();
    waits.begin(wait());
    waits.end();
    vi.advanceTimersByTime(600_000);
    expect(told).not.toHaveBeenCalled();
  });

  it("that last a minute are told of once", () => {
    const told = vi.fn();
    const waits = new Waits();
    waits.onStuck = told;
    waits.begin(wait());
    vi.advanceTimersByTime(600_000);
    expect(told).toHaveBeenCalledOnce();
  });
});
