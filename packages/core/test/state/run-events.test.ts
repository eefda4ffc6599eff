import type { RunEvent, Storage } from "@hawser/core/plugin";
import { runEvents } from "@hawser/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { isKept, type KeptEvent } from "../../src/state/event-shapes.ts";
import { RunEvents, type RunEventsOptions, readRunEvents } from "../../src/state/run-events.ts";
import { gathered } from "../gathered.ts";
import { operation, replaced, storages } from "./storages.ts";

const context = operation();
const place = { application: "shop", environment: "production", run: "000007" };
const prefix = "shop/environments/production/runs/000007/events/";
const kept = runEvents.filter(isKept);
const step = (name: string): KeptEvent => ({ type: "step", time: 1, step: name, phase: "started" });
const last = kept.find(({ type }) => type === "result") as KeptEvent;

describe.each(storages)("a run's events on %s", (_name, create) => {
  let storage: Storage;
  const open = (epoch = 7, options?: RunEventsOptions, on = storage) =>
    new RunEvents(on, place, epoch, options);
  const read = async (): Promise<RunEvent[]> => await gathered(readRunEvents(storage, place, context));
  const write = async (text: string) => {
    const body = Buffer.from(text);
    await storage.put({ key: `${prefix}000000000001.x-0000`, body, sizeBytes: body.length }, context);
  };

  beforeEach(async () => {
    storage = await create();
  });

  it("of every type that is kept come back as they were told", async () => {
    const events = open();
    for (const event of kept) events.add(event);
    await events.close();
    await events.close();
    expect(await read()).toEqual(kept);
  });

  it("are there while the run goes on, and stay when its deployer is killed", async () => {
    const events = open(7, { flushMs: 20 });
    events.add(step("resolve"));
    for (let i = 0; i < 200 && (await read()).length === 0; i++)
      await new Promise((done) => setTimeout(done, 20));
    expect(await read()).toEqual([step("resolve")]);
    await events.close();
  });

  it("of who resumed it come behind those of who began it, whatever their clocks say", async () => {
    const second = open(12);
    second.add(step("resume"));
    await second.close();
    const first = open(7);
    first.add(step("resolve"));
    await first.close();
    expect(await read()).toEqual([step("resolve"), step("resume")]);
  });

  it("are capped, which is told, and end with the last word all the same", async () => {
    const events = open(7, { maxBytes: 2_000 });
    for (let i = 0; i < 100; i++) events.add(step(`step-${i}`));
    events.add(last);
    await events.close();
    const all = await read();
    expect(all.length).toBeLessThan(40);
    expect(all.at(-2)).toMatchObject({ type: "warning", code: "HWS_STATE_EVENTS_FULL" });
    expect(all.at(-1)).toEqual(last);
  });

  it("lie in objects of limited size, in their order", async () => {
    const events = open();
    const detail = "x".repeat(50_000);
    for (let i = 0; i < 30; i++) {
      events.add({ ...step(`step-${i}`), detail } as KeptEvent);
      if (i % 8 === 0) await new Promise((done) => setTimeout(done, 5));
    }
    await events.close();
    expect((await read()).map((event) => event.type === "step" && event.step)).toEqual(
      Array.from({ length: 30 }, (_, i) => `step-${i}`),
    );
    expect((await gathered(storage.list({ prefix }, context))).length).toBeGreaterThan(1);
  });

  it("that storage does not take within the limit are given up", async () => {
    const silent = replaced(storage, {
      put: (_, { signal }) =>
        new Promise((_done, fail) => {
          signal.addEventListener("abort", () => fail(signal.reason), { once: true });
        }),
    });
    const events = open(7, {}, silent);
    events.add(step("resolve"));
    await expect(events.close(30)).rejects.toThrow("within 0.03 s");
  });

  it.each([
    ["is no JSON", "nonsense"],
    ["is no object", "7"],
    ["is null", "null"],
    ["has an unknown type", '{"type":"party","time":1}'],
    ["has a type that every object knows", '{"type":"constructor","time":1}'],
    ["lacks a field", '{"type":"step","time":1,"step":"pack"}'],
    ["has a field of a wrong type", '{"type":"step","time":1,"step":["pack"],"phase":"done"}'],
    ["has an unknown word", '{"type":"step","time":1,"step":"pack","phase":"<script>"}'],
    ["has a negative time", '{"type":"step","time":-1,"step":"pack","phase":"done"}'],
    ["has a damaged list inside", '{"type":"wave","time":1,"wave":1,"of":1,"phase":"done","instances":[{}]}'],
    ["is output, which lies in the log", JSON.stringify(runEvents.find(({ type }) => type === "output"))],
    ["has no end", JSON.stringify(step("cut")).slice(0, -1)],
  ])("leave out a line that %s", async (_why, line) => {
    await write(`${JSON.stringify(step("before"))}\n${line}\n${JSON.stringify(step("after"))}\n`);
    expect(await read()).toEqual([step("before"), step("after")]);
  });

  it("lose fields that this version does not know, and nobody's prototype", async () => {
    await write('{"type":"step","time":1,"step":"pack","phase":"done","mood":"fine","__proto__":{"a":1}}\n');
    const [event] = await read();
    expect(event).toEqual({ type: "step", time: 1, step: "pack", phase: "done" });
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
  });

  it("of what is no run are none", async () => {
    await write(`${JSON.stringify(step("resolve"))}\n`);
    const other = readRunEvents(storage, { ...place, run: "../runs/000007" }, context);
    expect(await gathered(other)).toEqual([]);
  });
});
