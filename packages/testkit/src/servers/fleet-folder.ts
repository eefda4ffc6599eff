import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { end, identify, isAlive, type ProcessIdentity } from "./process-identity.ts";

const prefix = "hawser-fleet-";

interface Record {
  owner: ProcessIdentity;
  processes: ProcessIdentity[];
  bridge?: string;
}

const clear = async (path: string, record: Record): Promise<void> => {
  await end(record.processes);
  if (record.bridge !== undefined) await runCommand("ip", ["link", "del", record.bridge]);
  rmSync(path, { recursive: true, force: true });
};

/** The folder of a fleet: its files, and a record of all that must be ended when its owner dies. */
export class FleetFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), prefix));
  readonly #record: Record;

  constructor() {
    this.#record = { owner: identify(process.pid) as ProcessIdentity, processes: [] };
    this.#write();
  }

  #write(): void {
    writeFileSync(join(this.path, "owner.json"), JSON.stringify(this.#record));
  }

  /** Remembers a process to be ended with the fleet. */
  adopt(pid: number): ProcessIdentity {
    const identity = identify(pid) ?? { pid, start: "gone" };
    this.#record.processes = [...this.#record.processes.filter(isAlive), identity];
    this.#write();
    return identity;
  }

  adoptBridge(name: string): void {
    this.#record.bridge = name;
    this.#write();
  }

  clear(): Promise<void> {
    return clear(this.path, this.#record);
  }
}

/** Ends and removes what fleets left behind whose owner died without doing so. */
export const sweepFleets = async (): Promise<void> => {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const path = join(tmpdir(), name);
    try {
      const record = JSON.parse(readFileSync(join(path, "owner.json"), "utf8")) as Record;
      if (!isAlive(record.owner)) await clear(path, record);
    } catch (error) {
      // Another process sweeps the same folder, or its owner has not written the record yet.
      if (!["ENOENT", undefined].includes((error as NodeJS.ErrnoException).code)) throw error;
    }
  }
};
