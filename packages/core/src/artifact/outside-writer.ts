import { closeSync, mkdirSync, openSync, symlinkSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import type { OperationContext } from "../contracts/common.ts";
import type { ArchiveLimits, ArchiveMeter } from "./archive-limits.ts";
import type { OutsideMember } from "./outside-member.ts";
import { OutsideTree, outsideKey } from "./outside-tree.ts";
import { smallBytes } from "./tree-file.ts";
import { Turn } from "./turn.ts";

export interface OutsideWrite {
  readonly members: AsyncIterable<OutsideMember>;
  readonly directory: string;
  /** Leading components to drop. */
  readonly strip: number;
  readonly limits: ArchiveLimits;
  readonly meter: ArchiveMeter;
}

/** Writes an archive's tree as its members come; links last, so that nothing is ever written through one. */
export const writeOutsideTree = async (request: OutsideWrite, context: OperationContext): Promise<void> => {
  const { members, directory, strip, limits, meter } = request;
  const tree = new OutsideTree(limits);
  const turn = new Turn(context.signal);
  const pathOf = (key: string): Buffer =>
    Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(key, "latin1")]);
  for await (const member of members) {
    await turn.yield();
    context.progress({ bytes: meter.packedBytes });
    const key = outsideKey(member, strip, limits);
    if (key === undefined) continue;
    for (const made of tree.add(key, member)) mkdirSync(pathOf(made), 0o755);
    if (member.type === "file") await writeFile(pathOf(key), member);
  }
  tree.refuseLeavingLinks();
  for (const [key, target] of tree.links) {
    await turn.yield();
    symlinkSync(Buffer.from(target, "latin1"), pathOf(key));
  }
};

const writeFile = async (path: Buffer, member: OutsideMember): Promise<void> => {
  const mode = member.executable ? 0o755 : 0o644;
  if (member.sizeBytes > smallBytes) return await writeLarge(path, member, mode);
  const chunks: Buffer[] = [];
  for await (const chunk of member.data) chunks.push(chunk);
  const descriptor = openSync(path, "wx", mode);
  try {
    for (const chunk of chunks) {
      for (let from = 0; from < chunk.length; ) from += writeSync(descriptor, chunk, from);
    }
  } finally {
    closeSync(descriptor);
  }
};

const writeLarge = async (path: Buffer, member: OutsideMember, mode: number): Promise<void> => {
  const file = await open(path, "wx", mode);
  try {
    for await (const chunk of member.data) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
};
