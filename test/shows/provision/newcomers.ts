import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fleet } from "@hawser/testkit";
import { releaseFiles } from "../config.ts";
import { port } from "./published.ts";

/** How a machine came up, or did not. */
export interface Arrival {
  readonly status: number | null;
  readonly log: string;
  /** From the start of the script to the first right answer by HTTP; undefined when there was none. */
  readonly answeredMs: number | undefined;
  /** Processor time of everything that ran on the machine for it. */
  readonly cpuMs: number;
}

/** One answer of the application; undefined when nobody listens or it is another. */
export const answer = (address: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const request = get({ host: address, port, path: `/${releaseFiles[0]}`, timeout: 2_000, agent: false });
    request.on("error", () => resolve(undefined));
    request.on("timeout", () => request.destroy());
    request.on("response", (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += String(chunk);
      });
      response.on("error", () => resolve(undefined));
      response.on("end", () => resolve(response.statusCode === 200 ? text.trim() : undefined));
    });
  });

/** Runs a script on a machine as its boot would, and asks the application until it answers rightly. */
export const arrive = async (
  fleet: Fleet,
  id: string,
  { script, expected }: { readonly script: string; readonly expected: string },
): Promise<Arrival> => {
  const address = fleet.instances.find((each) => each.id === id)?.address ?? "";
  const file = join(fleet.folder, `${id}.boot.sh`);
  writeFileSync(file, script, { mode: 0o600 });
  const before = await machineCpuMs(fleet, id);
  const started = performance.now();
  // What the script has waited for, in the words of POSIX, behind everything that it says.
  const timed = ["sh", "-c", 'sh "$1"; status=$?; echo; times; exit $status', "sh", file];
  const child = fleet.spawn(id, timed, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      log += String(chunk);
    });
  let ended = false;
  const end = new Promise<number | null>((resolve) =>
    child.once("close", (status) => {
      ended = true;
      resolve(status);
    }),
  );
  let answeredMs: number | undefined;
  while (answeredMs === undefined) {
    const last = ended;
    if ((await answer(address)) === expected) answeredMs = performance.now() - started;
    else if (last) break;
    await sleep(25);
  }
  const status = await end;
  const orphans = (await machineCpuMs(fleet, id)) - before;
  return { status, log, answeredMs, cpuMs: orphans + waitedMs(log) };
};

/** The last line of `times`: user and system time of children. */
const waitedMs = (log: string): number =>
  [...(log.trimEnd().split("\n").at(-1) ?? "").matchAll(/([0-9]+)m([0-9.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );

/** Processor time of the machine's processes, and of those whose end its process 1 has seen. */
const machineCpuMs = async (fleet: Fleet, id: string): Promise<number> => {
  const { stdout } = await fleet.exec(id, ["sh", "-c", "cat /proc/[0-9]*/stat"]);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => line.slice(line.lastIndexOf(")") + 2).split(" "))
    .reduce((sum, fields) => sum + [11, 12, 13, 14].reduce((all, at) => all + Number(fields[at]), 0) * 10, 0);
};
