import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Fleet, type FleetInstance, startFleet, startWebInstance } from "@hawser/testkit";

/** Real machines with a web server each, from a store of as many as may run at once. */
export class Machines implements AsyncDisposable {
  readonly fleet: Fleet;
  readonly #unused: FleetInstance[];
  readonly #used = new Set<FleetInstance>();

  private constructor(fleet: Fleet) {
    this.fleet = fleet;
    this.#unused = [...fleet.instances];
  }

  /** At most so many at once. */
  static async start(count: number): Promise<Machines> {
    return new Machines(await startFleet({ count, isolation: "namespaces" }));
  }

  get running(): readonly FleetInstance[] {
    return [...this.#used];
  }

  /** The machine of an id that runs. */
  of(id: string): FleetInstance {
    const found = this.running.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no machine ${id} runs`);
    return found;
  }

  /** A machine that has nothing of any application, with its web server up. */
  async fresh(): Promise<FleetInstance> {
    const machine = this.#unused.shift();
    if (machine === undefined) throw new Error("every machine is in use");
    await startWebInstance(this.fleet, machine.id);
    this.#used.add(machine);
    return machine;
  }

  /** Ends a machine and its disk; one with its address may come again. */
  async end(machine: FleetInstance): Promise<void> {
    const { folder, id } = machine;
    await this.fleet.stopInstance(id);
    const left = await readdir(folder);
    await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, maxRetries: 5 })));
    await this.fleet.startInstance(id);
    this.#used.delete(machine);
    this.#unused.push(machine);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
  }
}
