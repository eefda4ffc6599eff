import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { HostProgram } from "@hawser/core/plugin";

/** The program of `programs/probe-host.sh`, as any text a program of its own. */
export const probeProgram = (remark = ""): HostProgram => {
  const file = new URL("../programs/probe-host.sh", import.meta.url);
  const text = Buffer.concat([readFileSync(file), Buffer.from(`# ${remark}\n`)]);
  return { digest: createHash("sha256").update(text).digest("hex"), text };
};
