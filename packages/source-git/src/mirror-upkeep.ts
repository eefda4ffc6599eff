import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { OperationContext } from "@hawser/core/plugin";
import { type Mirror, readMirror } from "./mirror.ts";

/** Every fetch adds a pack. */
const mostPacks = 20;
/** The newest commits stay: the next fetch costs the difference to them. */
const keptCommits = 10;

/** Joins the packs of a mirror that has many, and lets go of what only old commits need. */
export const trimMirror = async (mirror: Mirror, context: OperationContext): Promise<void> => {
  const files = await readdir(join(mirror.repository, "objects", "pack"));
  if (files.filter((name) => name.endsWith(".pack")).length <= mostPacks) return;
  const argv = ["--sort=-creatordate", "--format=%(refname)", "--", "refs/hawser/", "refs/fetched/"];
  const refs = (await readMirror(mirror, "for-each-ref", argv, context))
    .split("\n")
    .filter((ref) => ref !== "");
  const kept = new Set(refs.filter((ref) => ref.startsWith("refs/hawser/")).slice(0, keptCommits));
  const commands = refs.filter((ref) => !kept.has(ref)).map((ref) => `delete ${ref}\n`);
  await readMirror(mirror, "update-ref", ["--stdin"], context, { input: commands.join("") });
  await readMirror(mirror, "repack", ["-a", "-d", "-q"], context);
  await readMirror(mirror, "prune", ["--expire=now"], context);
};
