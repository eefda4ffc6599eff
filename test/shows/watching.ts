import { setTimeout as sleep } from "node:timers/promises";
import type { HawserConfig } from "@hawser/core";
import { application } from "./config.ts";
import { RunJournals } from "./run-journal.ts";
import type { Stage } from "./stage.ts";

/** What storage says of the environment, read without Hawser. */
export const stored = async (stage: Stage, key: string): Promise<string | undefined> =>
  (await stage.objects.read(`${application}/top/${key}`))?.toString();

interface Lock {
  readonly state: "free" | "held";
  readonly id: string;
  readonly epoch: number;
  readonly run?: string;
  readonly phase?: string;
  readonly owner: { readonly pid: number; readonly host: string; readonly user: string };
}

export const lockOf = async (stage: Stage): Promise<Lock> =>
  JSON.parse((await stored(stage, "lock")) ?? "{}") as Lock;

/** The id of the newest run; empty before the first. */
export const newestRun = (stage: Stage): Promise<string> => new RunJournals(stage.objects).newest();

/** The journal of the newest run, as `<step> <phase>` a line, in order. */
export const journalOf = async (stage: Stage): Promise<readonly string[]> => {
  const journals = new RunJournals(stage.objects);
  return await journals.boundaries(await journals.newest());
};

/** Whether the newest run is open: it has no end in storage. */
export const isOpen = async (stage: Stage): Promise<boolean> => {
  const journals = new RunJournals(stage.objects);
  return (await journals.open()).includes(await journals.newest());
};

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
  desired: await stored(stage, "desired"),
  balancer: await stage.balancer(),
});

/** Puts options of the installer beside those that are there. */
export const installing =
  (options: object) =>
  (config: HawserConfig): HawserConfig => {
    const { use, with: known } = config.installer as { use: string; with: object };
    return { ...config, installer: { use, with: { ...known, ...options } } };
  };
