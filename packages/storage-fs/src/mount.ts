import { statfs } from "node:fs/promises";
import { errors } from "./errors.ts";

// linux/magic.h. Their caches and retransmissions make "exactly one rename wins" untrue between machines.
const networks: Readonly<Record<number, string>> = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "CIFS",
  4266872130: "SMB",
  16914839: "9p",
  1937076805: "Coda",
  1397113167: "AFS",
  1799439955: "AFS",
  12805120: "Ceph",
  1196443219: "GPFS",
  198183888: "Lustre",
};

/** The network file system that a type number of `statfs` stands for; undefined for a local one. */
export function networkOf(type: number): string | undefined {
  return networks[type >>> 0];
}

/** Refuses to change anything where the promises of conditional writes do not hold. */
export async function refuseNetwork(directory: string): Promise<void> {
  const kind = networkOf((await statfs(directory)).type);
  if (kind !== undefined) throw errors.HWS_STORAGE_NETWORK([directory, kind]);
}
