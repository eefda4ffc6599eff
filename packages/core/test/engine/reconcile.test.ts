import { readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { endingOf, openElastic, openServing } from "./fixtures/elastic.ts";
import { ended, ending } from "./fixtures/project.ts";

const currentOf = (root: string): string => basename(readlinkSync(join(root, "current")));

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
    const { result } = await ended(engine.reconcile());
    expect(ending(result)).toBe("0 done");
    expect(currentOf(root("web3"))).toBe("000001");
    expect(await member("web3")).toBe("in");
    expect(inventory.completed).toEqual([{ instance: "web3", result: "ready" }]);
    expect((await engine.history())[0]).toMatchObject({ verb: "reconcile", outcome: "done", to: "000001" });
  });
});
