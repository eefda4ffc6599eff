import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MemoryStorage } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { operation, storages } from "../state/storages.ts";
import { ended, ending } from "./fixtures/project.ts";
import { openTwoEnvironments, releaseObjects } from "./fixtures/two-environments.ts";

const context = operation();
const done = "0 done";

describe.each(storages)("a promotion into %s of its own", (_name, create) => {
  it("copies the release byte for byte in every form that is stored, prepares nothing, and says where it came from", async () => {
    const project = await openTwoEnvironments({ production: await create() });
    const { engine, staging, production, productionRoot, root } = project;
    expect(ending(await engine.deploy({ environment: "staging" }).result)).toBe(done);
    const made = [...(await releaseObjects(staging)).keys()];
    // Forms that this version does not make are copied as they are.
    const form = made.find((key) => key.includes("/forms/")) ?? "";
    const manifest = made.find((key) => key.includes("/manifests/")) ?? "";
    for (const key of [form.replace("tar.gz", "tar.zst.age"), `${manifest}.age`])
      await staging.put({ key, body: Buffer.from(`sealed ${key}`), sizeBytes: 7 + key.length }, context);

    const promotion = engine.deploy({ environment: "production", from: "staging", message: "tested" });
    const { result, events } = await ended(promotion);
    expect(ending(result)).toBe(done);
    expect(result.release).toBe("000001");
    expect(await releaseObjects(production)).toEqual(await releaseObjects(staging));
    expect((await releaseObjects(staging)).size).toBe(made.length + 2);
    const file = (place: string, name: string) => readFileSync(join(place, "current", name), "utf8");
    expect(file(productionRoot, "prepared.txt")).toBe(file(root("web1"), "prepared.txt"));
    expect(file(productionRoot, "installed.txt")).toBe("production\n");
    expect(events.some((event) => event.type === "output" && event.step === "prepare")).toBe(false);

    const history = await engine.history({ environment: "production" });
    expect(history).toMatchObject(
      [
        { verb: "promote", run: null, to: "000001", origin: "staging", message: "tested", outcome: "noted" },
        { verb: "deploy", from: null, to: "000001", origin: "staging", message: "tested", outcome: "done" },
      ].reverse(),
    );
  });

  it("finds a release by its id where only another environment has it, and copies nothing twice", async () => {
    const { engine, staging, production, source } = await openTwoEnvironments({ production: await create() });
    for (const text of ["one", "two"]) {
      source.add({ "index.html": text }, { label: text });
      expect(ending(await engine.deploy({ environment: "staging" }).result)).toBe(done);
    }
    const promote = async () => await engine.deploy({ environment: "production", release: "000001" }).result;
    expect(ending(await promote())).toBe(done);
    const copied = await releaseObjects(production);
    expect([...copied.keys()].filter((key) => key.includes("/releases/"))).toHaveLength(1);
    for (const [key, bytes] of copied) expect((await releaseObjects(staging)).get(key)).toBe(bytes);
    expect(ending(await promote())).toBe("0 unchanged");
    expect((await engine.history({ environment: "production" })).map(({ verb }) => verb)).toEqual([
      "deploy",
      "deploy",
      "promote",
    ]);
  });
});

describe("a promotion", () => {
  it("is refused when the target has another release of the id, and copies nothing", async () => {
    const { engine, production, source } = await openTwoEnvironments();
    expect(ending(await engine.deploy({ environment: "production" }).result)).toBe(done);
    source.add({ "index.html": "two" });
    expect(ending(await engine.deploy({ environment: "staging" }).result)).toBe(done);
    const before = await releaseObjects(production);
    const { result } = engine.deploy({ environment: "production", from: "staging" });
    expect(ending(await result)).toBe("1 untouched HWS_PROMOTION_TAKEN");
    expect(await releaseObjects(production)).toEqual(before);
    // The id of the target is the target's own release, as it always was.
    expect(ending(await engine.deploy({ environment: "production", release: "000001" }).result)).toBe(
      "0 unchanged",
    );
  });

  it("asks which release is meant when several storages have different ones of the id", async () => {
    const other = new MemoryStorage();
    const { engine, production } = await openTwoEnvironments({ more: { qa: other } });
    expect(ending(await engine.deploy({ environment: "staging" }).result)).toBe(done);
    const { engine: second, staging } = await openTwoEnvironments();
    expect(ending(await second.deploy({ environment: "staging" }).result)).toBe(done);
    for (const [name, text] of await releaseObjects(staging)) {
      const body = Buffer.from(text, "latin1");
      await other.put({ key: name, body, sizeBytes: body.length }, context);
    }
    const asked = { environment: "production", release: "000001" };
    expect(ending(await engine.deploy(asked).result)).toBe("1 untouched HWS_PROMOTION_AMBIGUOUS");
    expect(await releaseObjects(production)).toEqual(new Map());
    expect(ending(await engine.deploy({ ...asked, from: "qa" }).result)).toBe(done);
    expect(await releaseObjects(production)).toEqual(await releaseObjects(other));
    expect(ending(await engine.deploy({ environment: "production", release: "000009" }).result)).toBe(
      "2 untouched HWS_RELEASE_UNKNOWN",
    );
  });

  it("never publishes bytes that were damaged in the storage they come from", async () => {
    const { engine, staging, production, productionRoot } = await openTwoEnvironments();
    expect(ending(await engine.deploy({ environment: "staging" }).result)).toBe(done);
    const objects = await releaseObjects(staging);
    for (const [key, text] of objects) {
      if (!/\/(?:bytes|manifests)\//.test(key)) continue;
      const whole = Buffer.from(text, "latin1");
      const flipped = Buffer.from(whole);
      flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1;
      for (const body of [flipped, whole.subarray(0, -1)]) {
        // What an attempt before has brought over whole is there.
        for (const copied of (await releaseObjects(production)).keys())
          await production.delete({ key: copied }, context);
        await staging.put({ key, body, sizeBytes: body.length }, context);
        const { result } = engine.deploy({ environment: "production", from: "staging" });
        expect(ending(await result)).toBe("1 untouched HWS_STATE_ARTIFACT_DIFFERS");
        expect(await production.stat({ key }, context)).toBeUndefined();
        expect(await production.stat({ key: "shop/releases/000001/record" }, context)).toBeUndefined();
      }
      await staging.put({ key, body: whole, sizeBytes: whole.length }, context);
    }
    expect(() => readFileSync(join(productionRoot, "current/index.html"))).toThrow();
    expect(ending(await engine.deploy({ environment: "production", from: "staging" }).result)).toBe(done);
  });

  it("copies nothing between environments that share a storage, and is planned without copying", async () => {
    const { engine, production } = await openTwoEnvironments();
    expect(ending(await engine.deploy({ environment: "staging" }).result)).toBe(done);
    const planned = await engine.plan({ environment: "production", from: "staging", build: true }).result;
    expect(ending(planned)).toBe(done);
    expect(planned).toMatchObject({ release: "000001", plan: { release: "000001", origin: "staging" } });
    expect(planned.changes?.map(({ path }) => path).sort()).toEqual(["index.html", "prepared.txt"]);
    expect(await releaseObjects(production)).toEqual(new Map());
    const itself = await engine.deploy({ environment: "staging", from: "staging" }).result;
    expect(ending(itself)).toBe("0 unchanged");
    const [run, ...notes] = await engine.history({ environment: "staging", limit: 2 });
    expect(run).toMatchObject({ verb: "deploy", origin: "staging" });
    expect(notes.map(({ verb }) => verb)).toEqual(["deploy"]);
  });

  it("is stopped by a hold before anything is copied", async () => {
    const { engine, production } = await openTwoEnvironments();
    expect(ending(await engine.deploy({ environment: "staging" }).result)).toBe(done);
    await engine.hold({ environment: "production", reason: "the sale" });
    const { result } = engine.deploy({ environment: "production", from: "staging" });
    expect(ending(await result)).toBe("75 untouched HWS_HOLD_HELD");
    expect(await releaseObjects(production)).toEqual(new Map());
  });
});
