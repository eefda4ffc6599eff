import { existsSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { MemoryInstaller } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { endingOf, openElastic, openServing, until } from "./fixtures/elastic.ts";
import { ended, ending, given } from "./fixtures/project.ts";

const currentOf = (root: string): string | null => {
  try {
    return basename(readlinkSync(join(root, "current")));
  } catch {
    return null;
  }
};

const command = (name: string, run: string) => ({ name, run, timeoutMs: 20_000 });
/** Waits in a release behind the first until there is a file `go`. */
const wait = command(
  "wait",
  'if [ "$HAWSER_RELEASE" != 000001 ]; then : >"$HAWSER_ROOT/waits"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done; fi',
);
const check = (test: string) => ({ command: test, timeoutMs: 300, stableMs: 0 });

describe("reconcile", () => {
  it("does nothing, takes no lock and writes nothing when all is as it should be", async () => {
    const { engine, stored } = await openServing();
    const before = await stored();
    const { result, events } = await ended(engine.reconcile());
    expect(ending(result)).toBe("0 unchanged");
    expect(result).toMatchObject({ verb: "reconcile", run: null, release: "000001" });
    expect(events.some(({ type }) => type === "run")).toBe(false);
    expect(await stored()).toEqual(before);
  });

  it("does nothing before the first deploy", async () => {
    const { engine, stored } = await openElastic();
    expect(await endingOf(engine.reconcile())).toBe("0 unchanged");
    expect(await stored()).toEqual([]);
  });

  it("brings a newcomer to what is desired, joins it, and tells the inventory that it is ready", async () => {
    const { engine, appear, member, root, inventory } = await openServing();
    appear("web3", { lifecycle: "starting" });
    expect(await endingOf(engine.reconcile())).toBe("0 done");
    expect(currentOf(root("web3"))).toBe("000001");
    expect(await member("web3")).toBe("in");
    expect(inventory.completed).toEqual([{ instance: "web3", result: "ready" }]);
    expect((await engine.history())[0]).toMatchObject({ verb: "reconcile", outcome: "done", to: "000001" });
    inventory.set({
      ...(await inventory.list({ signal: new AbortController().signal } as never))[2]!,
      lifecycle: "inService",
    });
    expect(await endingOf(engine.reconcile())).toBe("0 unchanged");
  });

  it("uses the install plan that is desired, not the config's", async () => {
    const { engineWith, appear, root } = await openServing({
      plan: { install: [command("mark", "echo desired >mark")] },
    });
    appear("web3");
    const other = new MemoryInstaller({ install: [command("mark", "echo config >mark")] });
    const engine = await engineWith({ installer: given("installer", other) });
    expect(await endingOf(engine.reconcile())).toBe("0 done");
    expect(readFileSync(join(root("web3"), "current/mark"), "utf8")).toBe("desired\n");
  });

  it("drains an outdated instance, updates it, and puts it in again", async () => {
    const { engine, source, root, member, current } = await openServing();
    source.add({ "index.html": "two" });
    expect(await endingOf(engine.deploy())).toBe("0 done");
    rmSync(join(root("web1"), "current"));
    symlinkSync("releases/000001", join(root("web1"), "current"));
    const { events, result } = await ended(engine.reconcile());
    expect(ending(result)).toBe("0 done");
    expect(current()).toEqual(["000002", "000002"]);
    expect(await member("web1")).toBe("in");
    expect(events).toContainEqual(
      expect.objectContaining({ type: "instance", instance: "web1", state: "draining" }),
    );
  });

  it("a hold never stops it", async () => {
    const { engine, appear, member } = await openServing();
    await engine.hold({ reason: "the sale" });
    appear("web3");
    expect(await endingOf(engine.reconcile())).toBe("0 done");
    expect(await member("web3")).toBe("in");
  });

  it("leaves outside whom a person took out, and writes nothing", async () => {
    const { engine, takeOut, member, stored } = await openServing();
    await takeOut("web1");
    const before = await stored();
    expect(await endingOf(engine.reconcile())).toBe("0 unchanged");
    expect(await stored()).toEqual(before);
    expect(await member("web1")).toBe("out");
  });

  it("updates whom a person drained, without putting it in", async () => {
    const { engine, source, root, member, current } = await openServing();
    source.add({ "index.html": "two" });
    expect(await endingOf(engine.deploy())).toBe("0 done");
    expect(await endingOf(engine.drain({ instances: ["web1"], reason: "a disk" }))).toBe("0 done");
    rmSync(join(root("web1"), "current"));
    symlinkSync("releases/000001", join(root("web1"), "current"));
    expect(await endingOf(engine.reconcile())).toBe("0 done");
    expect(current()).toEqual(["000002", "000002"]);
    expect(await member("web1")).toBe("out");
    expect(await endingOf(engine.reconcile())).toBe("0 unchanged");
  });

  it("leaves a failing instance outside and named, goes on with the others, and puts it in when it is well", async () => {
    const { engine, appear, member, root } = await openServing({
      plan: { check: check('test ! -e "$HAWSER_ROOT/ill"') },
    });
    for (const id of ["web3", "web4"]) appear(id);
    writeFileSync(join(root("web3"), "ill"), "");
    const { result } = await ended(engine.reconcile());
    expect(ending(result)).toBe("3 split HWS_RECONCILE_SPLIT");
    expect(result.error?.message).toContain("web3");
    expect(await Promise.all(["web3", "web4"].map(member))).toEqual(["absent", "in"]);
    rmSync(join(root("web3"), "ill"));
    expect(await endingOf(engine.reconcile())).toBe("0 done");
    expect(await member("web3")).toBe("in");
  });

  it("removes a vanished instance from the load balancer, and drains one that is leaving", async () => {
    const { engine, member, inventory, appear } = await openServing({ instances: 3 });
    inventory.remove("web2");
    appear("web3", { lifecycle: "leaving" });
    expect(await endingOf(engine.reconcile())).toBe("0 done");
    expect(await Promise.all(["web1", "web2", "web3"].map(member))).toEqual(["in", "absent", "out"]);
    expect(await endingOf(engine.reconcile())).toBe("0 unchanged");
  });

  it("puts nobody in who left the inventory while it was brought up", async () => {
    const { engine, source, appear, member, root, inventory } = await openServing({
      plan: { activate: [wait] },
    });
    source.add({ "index.html": "two" });
    for (const id of ["web1", "web2"]) writeFileSync(join(root(id), "go"), "");
    expect(await endingOf(engine.deploy())).toBe("0 done");
    appear("web3");
    const turn = engine.reconcile();
    await until("web3 waits", () => existsSync(join(root("web3"), "waits")));
    inventory.remove("web3");
    writeFileSync(join(root("web3"), "go"), "");
    expect(ending(await turn.result)).toBe("0 unchanged");
    expect(await member("web3")).toBe("absent");
  });

  it("works on one instance when one is named, and refuses one that is not there", async () => {
    const { engine, appear, member } = await openServing();
    for (const id of ["web3", "web4"]) appear(id);
    expect(await endingOf(engine.reconcile({ instance: "web4" }))).toBe("0 done");
    expect(await Promise.all(["web3", "web4"].map(member))).toEqual(["absent", "in"]);
    expect(await endingOf(engine.reconcile({ instance: "web9" }))).toBe("2 untouched HWS_RECONCILE_NOBODY");
  });

  it("beside a run that works it starts newcomers with what is still desired, and the run brings them on", async () => {
    const { engine, source, appear, member, root, current } = await openServing({
      plan: { activate: [wait] },
    });
    source.add({ "index.html": "two" });
    const run = engine.deploy();
    await until("the first instance waits", () => existsSync(join(root("web1"), "waits")));
    appear("web3");
    expect(await endingOf(engine.reconcile())).toBe("0 done");
    expect(currentOf(root("web3"))).toBe("000001");
    expect(await member("web3")).toBe("in");
    for (const id of ["web1", "web2", "web3"]) writeFileSync(join(root(id), "go"), "");
    expect(ending(await run.result)).toBe("0 done");
    expect([...current(), currentOf(root("web3"))]).toEqual(["000002", "000002", "000002"]);
    expect(await member("web3")).toBe("in");
  });

  it("beside an open run it moves no instance, starts newcomers, mends that run's drains, and leaves the run open", async () => {
    const { engine, source, appear, member, root, current } = await openServing({
      plan: { activate: [wait] },
      config: { rollout: { waves: [1, "100%"] } },
    });
    source.add({ "index.html": "two" });
    const run = engine.deploy();
    await until("the first instance waits", () => existsSync(join(root("web1"), "waits")));
    run.cancel("stop");
    expect(ending(await run.result)).toBe("130 interrupted HWS_RUN_STOPPED");
    for (const id of ["web1", "web2"]) writeFileSync(join(root(id), "go"), "");
    expect(await member("web1")).toBe("out");
    appear("web3");
    expect(await endingOf(engine.reconcile())).toBe("0 done");
    expect([...current(), currentOf(root("web3"))]).toEqual(["000002", "000001", "000001"]);
    expect(await Promise.all(["web1", "web2", "web3"].map(member))).toEqual(["in", "in", "in"]);
    writeFileSync(join(root("web3"), "go"), "");
    expect(await endingOf(engine.reconcile())).toBe("0 unchanged");
    const resumed = await engine.deploy({ resume: true }).result;
    expect(ending(resumed)).toBe("0 done");
    expect([...current(), currentOf(root("web3"))]).toEqual(["000002", "000002", "000002"]);
  });

  it("a turn that is stopped in the middle is put right by the next, and by a deploy without a question", async () => {
    const { engine, source, member, root, current } = await openServing({ plan: { activate: [wait] } });
    source.add({ "index.html": "two" });
    for (const id of ["web1", "web2"]) writeFileSync(join(root(id), "go"), "");
    expect(await endingOf(engine.deploy())).toBe("0 done");
    for (const next of ["reconcile", "deploy"] as const) {
      rmSync(join(root("web1"), "current"));
      for (const file of ["go", "waits"]) rmSync(join(root("web1"), file), { force: true });
      const turn = engine.reconcile();
      await until("web1 waits", () => existsSync(join(root("web1"), "waits")));
      turn.cancel("stop");
      expect(ending(await turn.result)).toBe("130 interrupted HWS_RUN_STOPPED");
      expect(await member("web1")).toBe("out");
      writeFileSync(join(root("web1"), "go"), "");
      expect((await endingOf(engine[next]())).slice(0, 1)).toBe("0");
      expect(await member("web1")).toBe("in");
      expect(current()).toEqual(["000002", "000002"]);
    }
  });

  it("is refused by a storage that is younger than the fleet", async () => {
    const { engine, appear, root } = await openServing();
    writeFileSync(join(root("web1"), ".hawser/epoch"), "99\n");
    appear("web3");
    expect(await endingOf(engine.reconcile())).toBe("1 untouched HWS_FLEET_YOUNG_STORAGE");
    expect(currentOf(root("web3"))).toBeNull();
  });
});
