import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Inventory, OperationContext, Suspension } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { ended, ending, given, openProject } from "./fixtures/project.ts";

/** An inventory whose service has processes; a person suspended `AZRebalance` before. */
class Service implements Inventory {
  readonly suspended = new Set(["AZRebalance"]);
  readonly calls: string[] = [];
  failing: "nothing" | "suspend" | "restore" = "nothing";
  readonly #list: Inventory["list"];

  constructor(list: Inventory["list"]) {
    this.#list = list;
  }

  list(context: OperationContext) {
    return this.#list(context);
  }

  async suspendable(): Promise<Suspension | undefined> {
    const processes = ["Launch", "AZRebalance"].filter((each) => !this.suspended.has(each));
    return processes.length === 0 ? undefined : { processes };
  }

  async suspend({ suspension }: { readonly suspension: Suspension }): Promise<void> {
    this.calls.push("suspend");
    for (const each of suspension.processes as string[]) this.suspended.add(each);
    // The answer is lost: what was asked for is done.
    if (this.failing === "suspend") throw new Error("the answer was lost");
  }

  async restore({ suspension }: { readonly suspension: Suspension }): Promise<void> {
    this.calls.push("restore");
    if (this.failing === "restore") throw new Error("the service is down");
    for (const each of suspension.processes as string[]) this.suspended.delete(each);
  }
}

const opened = async (options: Parameters<typeof openProject>[0] = {}) => {
  const project = await openProject(options);
  const service = new Service((context) => project.inventory.list(context));
  const engine = await project.engineWith({ ...options?.config, inventory: given("inventory", service) });
  return { project, service, engine, left: () => [...service.suspended] };
};

describe("a run that suspends", () => {
  it("does so before the first instance is touched, and gives back what nobody had suspended before", async () => {
    const { engine, service, left } = await opened();
    const { result, events } = await ended(engine.deploy());
    expect(ending(result)).toBe("0 done");
    expect(service.calls).toEqual(["suspend", "restore"]);
    expect(left()).toEqual(["AZRebalance"]);
    const at = (test: (event: (typeof events)[number]) => boolean) => events.findIndex(test);
    expect(at((event) => event.type === "step" && event.step === "suspend")).toBeLessThan(
      at((event) => event.type === "instance" && event.state === "staging"),
    );
    expect(ending(await engine.deploy().result)).toBe("0 unchanged");
    expect(service.calls).toHaveLength(2);
  });

  it("gives back when it is put back, untouched, or fails at suspending", async () => {
    const { engine, service, left } = await opened({
      plan: { check: { command: "false", timeoutMs: 1, stableMs: 0 } },
    });
    expect((await engine.deploy().result).outcome).toBe("putBack");
    expect(left()).toEqual(["AZRebalance"]);
    service.failing = "suspend";
    const failed = await engine.deploy().result;
    expect(failed.outcome).toBe("untouched");
    expect(left()).toEqual(["AZRebalance"]);
  });

  it.each(["resume", "abandon"] as const)("gives back by %s what a stopped run left", async (remedy) => {
    const { engine, service, left, project } = await opened({
      plan: { activate: [{ name: "wait", run: ': >"$HAWSER_ROOT/waits"; sleep 1', timeoutMs: 9_000 }] },
    });
    service.failing = "restore";
    const run = engine.deploy();
    while (
      !existsSync(join(project.root("web1"), "waits")) &&
      !existsSync(join(project.root("web2"), "waits"))
    )
      await sleep(20);
    run.cancel("stop");
    const stopped = await run.result;
    expect(ending(stopped)).toBe("130 interrupted HWS_RUN_STOPPED");
    expect(left()).toEqual(["AZRebalance", "Launch"]);
    service.failing = "nothing";
    const { exitCode } = await engine.deploy({ [remedy]: true }).result;
    expect(exitCode).toBe(0);
    expect(left()).toEqual(["AZRebalance"]);
  });

  it("stays open as long as it cannot give back, and says so", async () => {
    const { engine, service, left, project } = await opened();
    service.failing = "restore";
    const result = await engine.deploy().result;
    expect(ending(result)).toBe("1 incomplete HWS_SUSPEND_LEFT");
    expect(result.next).toContain("hawser deploy --resume");
    expect(project.current()).toEqual(["000001", "000001"]);
    service.failing = "nothing";
    expect(ending(await engine.deploy({ resume: true }).result)).toBe("0 done");
    expect(left()).toEqual(["AZRebalance"]);
  });
});
