import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

let passed = 0;

/** Stops the run where it passes for the nth time: says so by the file `reached`, and goes on when the file `go` is there. */
export const stopHere = async ({ options: { reached, go, nth = 1 }, signal }) => {
  passed += 1;
  if (passed !== nth) return;
  writeFileSync(reached, "");
  while (!existsSync(go)) await sleep(20, undefined, { signal });
};
