import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { Storage } from "@hawser/core/plugin";
import { beforeEach, describe, expect, it } from "vitest";
import { Journal } from "../../src/state/journal.ts";
import { Runs, runId } from "../../src/state/runs.ts";
import { code, losingAnswers, operation, replaced, storages } from "./storages.ts";

const context = operation();
const start = (run: string, epoch = Number(run)) => ({
  run,
  epoch,
  verb: "deploy",
  who: "anna",
  from: null,
  to: "000002",
  message: "why",
  facts: { revision: { id: "5d1f" }, digests: [`sha256-${"a".repeat(64)}`] },
});
const end = {
  outcome: "done" as const,
  exitCode: 0,
  to: "000002",
  instances: [{ id: "web1", release: "000002", state: "active" as const }],
};
const keyOf = (run: string, seq: number) => `shop/environments/production/runs/${run}/journal/00000${seq}`;

describe.each(storages)("the journal on %s", (_name, create) => {
  let storage: Storage;
  const begin = (run: string, on = storage) => Journal.start(on, "shop", "production", start(run), context);
  const open = (run: string, epoch?: number) =>
    Journal.open(storage, "shop", "production", run, context, epoch);

  beforeEach(async () => {
    storage = await create();
  });

  it("reads back what was written, in order, each entry naming the digest of the one before", async () => {
    const journal = await begin("000001");
    await journal.append({ step: "fetch", phase: "intent" }, context);
    await journal.append({ step: "wave", wave: 2, phase: "failed", facts: { instances: ["web1"] } }, context);
    const read = await open("000001");
    expect(read.entries()).toEqual(journal.entries());
    expect(read.warnings).toEqual([]);
    expect(read.ended).toBe(false);
    expect(read.entries().map(({ seq }) => seq)).toEqual([0, 1, 2]);
    const first = await buffer((await storage.get({ key: keyOf("000001", 0) }, context)).stream);
    expect(read.entries()[1]?.prev).toBe(createHash("sha256").update(first).digest("hex"));
  });

  it("a run's id is used once", async () => {
    await begin("000001");
    await expect(begin("000001")).rejects.toEqual(code("HWS_STATE_RUN_EXISTS"));
  });

  it("a run that was never started is HWS_STATE_RUN_MISSING", async () => {
    await expect(open("000009")).rejects.toEqual(code("HWS_STATE_RUN_MISSING"));
  });

  it("a resumed run goes on behind the last entry, and an owner that was replaced is fenced", async () => {
    const first = await begin("000001");
    await first.append({ step: "fetch", phase: "intent" }, context);
    const second = await open("000001", 2);
    await second.append({ step: "fetch", phase: "done" }, context);
    await expect(first.append({ step: "pack", phase: "intent" }, context)).rejects.toEqual(
      code("HWS_STATE_FENCED"),
    );
    expect((await open("000001")).entries().map(({ epoch }) => epoch)).toEqual([1, 1, 2]);
  });

  it("a late entry of a former owner is taken in, and the new owner's stands behind it", async () => {
    const first = await begin("000001");
    const second = await open("000001", 2);
    await first.append({ step: "fetch", phase: "intent" }, context);
    await second.append({ step: "put back", phase: "intent" }, context);
    const read = await open("000001");
    expect(read.entries().map((entry) => entry.kind === "step" && entry.step)).toEqual([
      false,
      "fetch",
      "put back",
    ]);
    expect(read.warnings).toEqual([]);
  });

  it("an entry whose answer was lost stands once", async () => {
    const journal = await begin("000001", losingAnswers(storage, 3));
    await journal.append({ step: "fetch", phase: "intent" }, context);
    await journal.append({ step: "fetch", phase: "done" }, context);
    expect((await open("000001")).entries()).toHaveLength(3);
  });

  it.each([
    ["lost", async () => storage.delete({ key: keyOf("000001", 1) }, context)],
    [
      "damaged",
      async () =>
        void (await storage.put({ key: keyOf("000001", 1), body: Buffer.from("{"), sizeBytes: 1 }, context)),
    ],
    ["the first, lost", async () => storage.delete({ key: keyOf("000001", 0) }, context)],
  ])("an entry that is %s is a warning and blocks nothing", async (_what, harm) => {
    const journal = await begin("000001");
    for (const step of ["a", "b", "c"]) await journal.append({ step, phase: "done" }, context);
    await harm();
    const read = await open("000001", 2);
    expect(read.warnings.length).toBeGreaterThan(0);
    expect(read.entries()).toHaveLength(3);
    await read.append({ step: "d", phase: "done" }, context);
    await read.end(end, context);
    expect((await open("000001")).ended).toBe(true);
    const runs = new Runs(storage, "shop", "production");
    expect((await runs.list({ limit: 5 }, context))[0]).toMatchObject({ run: "000001", outcome: "done" });
  });

  it("an edited entry breaks the chain visibly", async () => {
    const journal = await begin("000001");
    for (const step of ["a", "b"]) await journal.append({ step, phase: "done" }, context);
    const text = (await buffer((await storage.get({ key: keyOf("000001", 1) }, context)).stream)).toString();
    const body = Buffer.from(text.replace('"done"', '"failed"'));
    await storage.put({ key: keyOf("000001", 1), body, sizeBytes: body.length }, context);
    expect((await open("000001")).warnings).toEqual([expect.stringContaining("000002")]);
  });

  it("entries that a listing hides are found by name", async () => {
    const journal = await begin("000001");
    for (const step of ["a", "b", "c"]) await journal.append({ step, phase: "done" }, context);
    const blind = replaced(storage, {
      async *list(request, inner) {
        for await (const object of storage.list(request, inner))
          if (!/00000[23]$/.test(object.key)) yield object;
      },
    });
    expect((await Journal.open(blind, "shop", "production", "000001", context)).entries()).toHaveLength(4);
  });

  it("the end is written once", async () => {
    const journal = await begin("000001");
    await journal.end(end, context);
    expect(journal.ended).toBe(true);
    const again = await open("000001", 2);
    await again.end({ ...end, outcome: "putBack", exitCode: 1 }, context);
    expect((await new Runs(storage, "shop", "production").list({ limit: 1 }, context))[0]?.outcome).toBe(
      "done",
    );
  });

  it("lists runs newest first and finds the open one", async () => {
    const runs = new Runs(storage, "shop", "production");
    expect(await runs.open(context)).toBeUndefined();
    for (const epoch of [1, 2, 3]) {
      const journal = await begin(runId(epoch));
      if (epoch !== 2) await journal.end(end, context);
    }
    expect((await runs.list({ limit: 2 }, context)).map(({ run, outcome }) => [run, outcome])).toEqual([
      ["000003", "done"],
      ["000002", "open"],
    ]);
    const open = await runs.open(context);
    expect(open).toMatchObject({ run: "000002", who: "anna", verb: "deploy", to: "000002", message: "why" });
    expect(await runs.get("000009", context)).toBeUndefined();
  });
});
