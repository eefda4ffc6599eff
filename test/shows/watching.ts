import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HawserConfig } from "@hawser/core";
import { application } from "./config.ts";
import type { Stage } from "./stage.ts";

/** What storage says of the environment, read without Hawser. */
export const stored = (stage: Stage, key: string): string | undefined => {
  const path = join(stage.storage, application, "top", key);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
};

interface Lock {
  readonly state: "free" | "held";
  readonly id: string;
  readonly epoch: number;
  readonly run?: string;
  readonly phase?: string;
  readonly owner: { readonly pid: number; readonly host: string; readonly user: string };
}

export const lockOf = (stage: Stage): Lock => JSON.parse(stored(stage, "lock") ?? "{}") as Lock;

const runsOf = (stage: Stage): string => join(stage.storage, application, "top/runs");

/** The id of the newest run; empty before the first. */
export const newestRun = (stage: Stage): string =>
  existsSync(runsOf(stage)) ? (readdirSync(runsOf(stage)).sort().at(-1) ?? "") : "";

/** The journal of the newest run, as `<step> <phase>` a line, in order. */
export const journalOf = (stage: Stage): readonly string[] => {
  const journal = join(runsOf(stage), newestRun(stage), "journal");
  if (!existsSync(journal)) return [];
  return readdirSync(journal)
    .filter((name) => /^\d+$/.test(name))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(journal, name), "utf8")))
    .map(({ kind, step = kind, phase = "" }) => `${step} ${phase}`);
};

/** Whether the newest run is open: it has no end in storage. */
export const isOpen = (stage: Stage): boolean => !existsSync(join(runsOf(stage), newestRun(stage), "end"));

/** Waits until something holds; `what` names it when it does not for minutes. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 10_000; tries++) {
    if (await holds()) return;
    await sleep(20);
  }
  throw new Error(`it never was so: ${what}`);
};

/** What each instance runs, what is desired, and what the load balancer says: everything that a run moves. */
export const everything = async (stage: Stage): Promise<object> => ({
  current: Object.fromEntries(stage.fleet.instances.map(({ id }) => [id, stage.current(id)])),
  desired: stored(stage, "desired"),
  balancer: await stage.balancer(),
});

/** Puts options of the installer beside those that are there. */
export const installing =
  (options: object) =>
  (config: HawserConfig): HawserConfig => {
    const { use, with: known } = config.installer as { use: string; with: object };
    return { ...config, installer: { use, with: { ...known, ...options } } };
  };
