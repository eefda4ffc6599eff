import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Fleet } from "@hawser/testkit";

/** One machine before the first deploy: for whoever starts a supervisor or a server on it. */
export interface GroundInstance {
  readonly id: string;
  readonly address: string;
  /** The deploy root. Its parent belongs to this machine alone, and is the place for files that each machine has of its own. */
  readonly root: string;
  /** Runs a program to its end; one that fails throws with what it said. */
  run(...argv: readonly string[]): Promise<string>;
  /** Writes a file with its folders. Mode: octal, default 644. */
  write(path: string, text: string, mode?: string): Promise<void>;
  /** Starts a program that runs until the ground is torn down; what it says is in the fleet's folder. */
  start(...argv: readonly string[]): void;
}

const write = `umask 022; mkdir -p "$(dirname "$1")" && printf %s "$2" >"$1" && chmod "$3" "$1"`;

export const groundInstance = (fleet: Fleet, id: string): GroundInstance => {
  const found = fleet.instances.find((instance) => instance.id === id);
  if (found === undefined) throw new Error(`the fleet has no instance ${id}`);
  const { address, root } = found;
  const run = async (...argv: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await fleet.exec(id, argv);
    if (exitCode !== 0) throw new Error(`${argv[0]} on ${id} ended with ${exitCode}: ${stderr}${stdout}`);
    return stdout;
  };
  return {
    id,
    address,
    root,
    run,
    write: async (path, text, mode = "644") => void (await run("sh", "-c", write, "sh", path, text, mode)),
    start: (...argv) => {
      const log = openSync(join(fleet.folder, `${id}.started.log`), "a");
      fleet.spawn(id, argv, { stdio: ["ignore", log, log] });
      closeSync(log);
    },
  };
};
