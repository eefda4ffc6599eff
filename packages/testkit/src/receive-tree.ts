import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { spawnProgram } from "@hawser/core";
import type { OpenedArchive, OperationContext, Revision, Source } from "@hawser/core/plugin";

/** Writes a revision's tree into a directory, whichever way the source gives it. */
export const receiveTree = async (
  source: Source,
  { revision, directory }: { readonly revision: Revision; readonly directory: string },
  context: OperationContext,
): Promise<void> => {
  if (source.fetch !== undefined) return await source.fetch({ revision, directory }, context);
  const archive = await source.open({ revision }, context);
  const strip = `--strip-components=${archive.stripComponents ?? 0}`;
  if (archive.format === "zip") return await unzip(archive, directory);
  const compression = { tar: [], "tar.gz": ["-z"], "tar.zst": ["--zstd"] }[archive.format];
  const tar = spawn("tar", ["-x", ...compression, strip, "-f", "-", "-C", directory], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => tar.once("exit", resolve));
  await pipeline(archive.stream, tar.stdin);
  if ((await ended) !== 0) throw new Error("tar could not read the archive");
};

const unzip = async (archive: OpenedArchive, directory: string): Promise<void> => {
  const file = `${directory}.zip`;
  await pipeline(archive.stream, createWriteStream(file));
  const result = await spawnProgram("unzip", ["-q", file, "-d", directory]);
  await rm(file);
  if (result.exitCode !== 0) throw new Error(`unzip could not read the archive: ${result.stderr}`);
};
