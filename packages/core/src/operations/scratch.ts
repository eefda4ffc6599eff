import { randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Owner, thisOwner, whereabouts } from "../state/owner.ts";

/** A process of another machine, or of an earlier boot, is taken for ended after this. */
const forgottenAfterMs = 24 * 60 * 60_000;

/** A name for a private folder that says which process made it. */
export const scratchName = ({ pid, pidStart, bootId, pidSpace }: Owner = thisOwner()): string =>
  [pid, pidStart, bootId, pidSpace.replace(/\D/g, ""), randomBytes(4).toString("hex")].join("_");

const ownerIn = (name: string, here: Owner): Owner => {
  const [pid = "", pidStart = "", bootId = "", space = ""] = name.split("_");
  const pidSpace = space === here.pidSpace.replace(/\D/g, "") ? here.pidSpace : space;
  return { ...here, pid: Number(pid), pidStart, bootId, pidSpace };
};

/** Removes the folders that processes left behind which were killed. Whatever cannot be removed stays for the next time. */
export const sweepScratch = async (folder: string): Promise<void> => {
  const here = thisOwner();
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const path = join(folder, name);
    const where = whereabouts(ownerIn(name, here), here);
    if (where === "alive") continue;
    const changed = where === "dead" ? 0 : await stat(path).then(({ mtimeMs }) => mtimeMs, Date.now);
    if (Date.now() - changed < forgottenAfterMs) continue;
    await rm(path, { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
  }
};
