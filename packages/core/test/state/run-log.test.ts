import type { Storage } from "@hawser/core/plugin";
import { beforeEach, describe, expect, it } from "vitest";
import type { LogEntry } from "../../src/contracts/engine-reports.ts";
import { RunLog, type RunLogOptions, readRunLog } from "../../src/state/run-log.ts";
import { operation, replaced, storages } from "./storages.ts";

const context = operation();
const time: unknown = expect.any(Number);
const line = (text: string, step = "install") => ({ step, command: "warm", text });

describe.each(storages)("a run's log on %s", (_name, create) => {
  let storage: Storage;
  const openLog = (options?: RunLogOptions, on = storage) =>
    new RunLog(on, "shop", "production", "000001", options);
  const read = async (query = {}) => {
    const entries: LogEntry[] = [];
    for await (const entry of readRunLog(storage, "shop", "production", "000001", context, query))
      entries.push(entry);
    return entries;
  };

  beforeEach(async () => {
    storage = await create();
  });

  it("reads back by instance and step, in the order it was written", async () => {
    const log = openLog();
    log.write("web2", line("a\n"));
    log.write("web1", line("ü\0\u2028\n"));
    log.write("web1", line("c", "activate"));
    await log.close();
    await log.close();
    expect(await read()).toEqual([
      { run: "000001", instance: "web1", ...line("ü\0\u2028\n"), time },
      { run: "000001", instance: "web1", ...line("c", "activate"), time },
      { run: "000001", instance: "web2", ...line("a\n"), time },
    ]);
    expect(await read({ instance: "web1", step: "activate" })).toHaveLength(1);
  });

  it("is stored while the run goes on", async () => {
    const log = openLog({ flushMs: 20 });
    log.write("web1", line("early"));
    for (let i = 0; i < 200 && (await read()).length === 0; i++)
      await new Promise((done) => setTimeout(done, 20));
    expect((await read()).map(({ text }) => text)).toEqual(["early"]);
    await log.close();
  });

  it("keeps much output in objects of limited size, losing nothing", async () => {
    const log = openLog();
    for (let i = 0; i < 300; i++) {
      log.write("web1", line(`${i}:${"x".repeat(10_000)}`));
      if (i % 40 === 0) await log.flush();
    }
    await log.close();
    expect((await read()).map(({ text }) => Number(text.split(":")[0]))).toEqual(
      Array.from({ length: 300 }, (_, i) => i),
    );
    const sizes: number[] = [];
    for await (const { sizeBytes } of storage.list({ prefix: "shop/environments/production/runs/" }, context))
      sizes.push(sizeBytes);
    expect(sizes.length).toBeGreaterThan(1);
  });

  it("is capped for each instance, and says so", async () => {
    const log = openLog({ maxBytes: 10_000 });
    for (let i = 0; i < 100; i++) log.write("web1", line("x".repeat(1_000)));
    log.write("web2", line("whole"));
    await log.close();
    const entries = await read({ instance: "web1" });
    expect(entries.length).toBeLessThan(12);
    expect(entries.at(-1)?.text).toContain("10000 bytes");
    expect(await read({ instance: "web2" })).toHaveLength(1);
  });

  it("a text of any length comes back whole", async () => {
    const text = "ä😀".repeat(60_000);
    const log = openLog();
    log.write("web1", line(text));
    await log.close();
    expect((await read()).map((entry) => entry.text).join("")).toBe(text);
  });

  it("who resumes a run adds to what was kept", async () => {
    const first = openLog();
    first.write("web1", line("before"));
    await first.close();
    await new Promise((done) => setTimeout(done, 2));
    const second = openLog();
    second.write("web1", line("after"));
    await second.close();
    expect((await read()).map(({ text }) => text)).toEqual(["before", "after"]);
  });

  it("output that storage refused is kept for the next flush", async () => {
    let refuse = true;
    const moody = replaced(storage, {
      put: (request, inner) => (refuse ? Promise.reject(new Error("no route")) : storage.put(request, inner)),
    });
    const log = openLog({}, moody);
    log.write("web1", line("kept"));
    await expect(log.flush()).rejects.toThrow("no route");
    refuse = false;
    await log.close();
    expect((await read()).map(({ text }) => text)).toEqual(["kept"]);
  });

  it("a damaged line is left out", async () => {
    const body = Buffer.from('{"step":"a","command":"b","text":"c"}\n{"step":1}\nnonsense\n');
    const key = "shop/environments/production/runs/000001/logs/web1/x-0000";
    await storage.put({ key, body, sizeBytes: body.length }, context);
    expect(await read()).toHaveLength(1);
  });
});
