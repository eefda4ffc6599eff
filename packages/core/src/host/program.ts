import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { HostProgram } from "../contracts/transport.ts";

// Two levels up from src/host and from dist/host alike.
const folder = new URL("../../host/", import.meta.url);

/** Comments and blank lines serve the reader of the files, not the instance. */
const meaningful = (line: string): boolean => !/^\s*(#.*)?$/.test(line);

let joined: HostProgram | undefined;

/** The host program: its files joined in name order. Made once in a process. */
export const hostProgram = (): HostProgram => {
  if (joined !== undefined) return joined;
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sh"))
    .sort();
  const lines = files.flatMap((name) =>
    readFileSync(new URL(name, folder), "utf8").split("\n").filter(meaningful),
  );
  const text = Buffer.from(`${lines.join("\n")}\n`);
  joined = { digest: createHash("sha256").update(text).digest("hex"), text };
  return joined;
};
