import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Fleet } from "@hawser/testkit";
import { releaseFiles } from "./config.ts";

/** What a process saw that read the current release on an instance without pause. */
export interface ReaderResult {
  readonly reads: number;
  /** Reads for which `current` or a file of the release was not there. */
  readonly missed: readonly string[];
  /** Reads in which two files of one release named different ones. */
  readonly mixed: readonly string[];
  /** Reads by release. */
  readonly releases: Readonly<Record<string, number>>;
}

export interface Reader {
  stop(): Promise<ReaderResult>;
}

const program = join(import.meta.dirname, "reader.mjs");

/** Starts a reader on an instance that has a current release; it ends at the latest with the fleet. */
export const startReader = async (fleet: Fleet, id: string): Promise<Reader> => {
  const instance = fleet.instances.find((each) => each.id === id);
  if (instance === undefined) throw new Error(`the fleet has no instance ${id}`);
  const argv = [process.execPath, program, instance.root, ...releaseFiles];
  const child = fleet.spawn(id, argv, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "close");
  let last = "";
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on("line", (line) => {
    last = line;
  });
  await Promise.race([once(lines, "line"), exited]);
  return {
    stop: async () => {
      child.stdin?.end();
      await exited;
      return JSON.parse(last) as ReaderResult;
    },
  };
};
