import { randomBytes, randomInt } from "node:crypto";
import { mustRun, runCommand } from "./command.ts";

/** A bridge of this machine with a network of its own, 10.93.<net>.0/24. */
export interface Bridge {
  readonly name: string;
  /** `10.93.<net>`; this machine is `.1`. */
  readonly network: string;
}

const holders = async (network: string): Promise<number> =>
  (await mustRun("ip", ["-4", "-o", "addr", "show"]))
    .split("\n")
    .filter((line) => line.includes(` ${network}.`)).length;

/** Makes a bridge with a network that nothing else uses. `adopt` learns the name before it exists. */
export const makeBridge = async (adopt: (name: string) => void): Promise<Bridge> => {
  const name = `hw${randomBytes(3).toString("hex")}`;
  adopt(name);
  await mustRun("ip", ["link", "add", name, "type", "bridge"]);
  await mustRun("ip", ["link", "set", name, "up"]);
  for (let attempt = 0; attempt < 50; attempt++) {
    const network = `10.93.${randomInt(0, 256)}`;
    const routes = await mustRun("ip", ["-4", "route", "show", "table", "all"]);
    if (routes.includes(`${network}.`)) continue;
    await mustRun("ip", ["addr", "add", `${network}.1/24`, "dev", name]);
    // Another fleet may have chosen the same one in the meantime: both then choose again.
    if ((await holders(network)) === 1) return { name, network };
    await runCommand("ip", ["addr", "del", `${network}.1/24`, "dev", name]);
  }
  throw new Error("no free network 10.93.x.0/24 was found");
};
