import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../artifact/manifest.ts";
import { unpackArchive } from "../artifact/outside-archive.ts";
import { packTree } from "../artifact/pack.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { InstallPlan, PlanCommand } from "../contracts/installer.ts";
import type { Revision } from "../contracts/source.ts";
import { buildKey } from "../engine/build.ts";
import type { Desk } from "../engine/operation.ts";
import { judgeEnd } from "../fleet/commands.ts";
import { Shipment } from "../fleet/shipment.ts";
import { runShellCommand } from "../process/shell-command.ts";
import { KeptTree } from "./kept-tree.ts";

/** What making a release on the deployer needs: also of `plan --build`, which stores nothing. */
export interface Workshop {
  readonly desk: Desk;
  readonly plan: InstallPlan;
  /** A private folder of this run. */
  readonly scratch: string;
  /** Where artifacts are cached. */
  readonly artifacts: string;
  /** The tree of the last fetch. */
  readonly kept: KeptTree;
}

/** The state of the source that a ref names. */
export const resolve = async (
  desk: Desk,
  ref: string | undefined,
  context: OperationContext,
): Promise<Revision> => await desk.providers.source.resolve(ref === undefined ? {} : { ref }, context);

/** The tree of a revision in a folder of this run: made of the one that was kept, or written anew. */
export const fetchTree = async (
  workshop: Workshop,
  revision: Revision,
  context: OperationContext,
): Promise<string> => {
  const { kept, desk } = workshop;
  const { source } = desk.providers;
  const from = isKept(workshop) ? await kept.take(context.signal) : undefined;
  const touched = new Set<string>();
  const request = { to: revision, directory: kept.tree, touched: (path: string) => touched.add(path) };
  const updated = from !== undefined && (await source.update?.({ ...request, from }, context)) === true;
  if (!updated) await writeTree(workshop, revision, context);
  if (isKept(workshop)) await kept.mark(revision, updated ? touched : undefined, context.signal);
  return kept.tree;
};

/** Commands that change the tree leave nothing of it to keep, and only a source that can update it is helped by it. */
const isKept = ({ plan, desk }: Workshop): boolean =>
  plan.prepare.length === 0 && desk.providers.source.update !== undefined;

/** The folder in which this run, and after it the next ones, keep the tree. */
export const keptTree = (desk: Desk, plan: InstallPlan, scratch: string): KeptTree =>
  new KeptTree(KeptTree.placeIn(desk.cacheDirectory), scratch, buildKey(desk.config, plan, ""));

const writeTree = async (
  { desk, kept }: Workshop,
  revision: Revision,
  context: OperationContext,
): Promise<void> => {
  await kept.clear();
  const directory = kept.tree;
  const { source } = desk.providers;
  if (source.fetch !== undefined) await source.fetch({ revision, directory }, context);
  else await unpackArchive({ archive: await source.open({ revision }, context), directory }, context);
};

/** Runs the customer's own preparation in the tree, with an environment of its own and no key in reach. */
export const prepareTree = async (
  workshop: Workshop,
  directory: string,
  revision: Revision,
  context: OperationContext,
): Promise<void> => {
  const home = join(workshop.scratch, "home");
  await mkdir(home, { recursive: true });
  for (const command of workshop.plan.prepare)
    await prepareCommand(workshop, command, directory, home, revision, context);
};

const tailBytes = 4096;

const prepareCommand = async (
  workshop: Workshop,
  command: PlanCommand,
  directory: string,
  home: string,
  revision: Revision,
  context: OperationContext,
): Promise<void> => {
  const { config, reporter } = workshop.desk;
  let tail = "";
  const ended = await runShellCommand({
    command: command.run,
    cwd: command.cwd === undefined ? directory : join(directory, command.cwd),
    env: {
      ...workshop.plan.env,
      ...command.env,
      HOME: home,
      HAWSER_APPLICATION: config.application,
      HAWSER_REVISION: revision.id,
    },
    timeoutMs: command.timeoutMs,
    signal: context.signal,
    onOutput: (text) => {
      tail = (tail + text).slice(-tailBytes);
      reporter.emit({ type: "output", instance: "deployer", step: "prepare", command: command.name, text });
    },
  });
  const end = { exit: ended.exitCode ?? -1, timedOut: ended.timedOut, tail };
  judgeEnd(command, end, { phase: "prepare" }, { reporter });
};

/** A packed artifact in the deployer's cache. */
export interface Packed {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly path: string;
  readonly manifest: Manifest;
}

/** Packs the prepared tree; files that the previous release has too keep its times. */
export const packPrepared = async (
  workshop: Workshop,
  directory: string,
  previous: Manifest | undefined,
  created: number,
  context: OperationContext,
): Promise<Packed> => {
  await mkdir(workshop.artifacts, { recursive: true });
  const { kept } = workshop;
  const output = join(workshop.scratch, "artifact.tar");
  const before = directory === kept.tree ? await kept.before(workshop.artifacts, previous) : undefined;
  const packed = await packTree(
    {
      directory,
      output,
      created,
      ...(previous !== undefined && { previous }),
      ...(before !== undefined && { before }),
    },
    context,
  );
  const { tar } = Shipment.paths(workshop.artifacts, packed.digest);
  await rename(packed.path, tar);
  if (directory === kept.tree) await kept.packed(packed);
  return { digest: packed.digest, sizeBytes: packed.sizeBytes, path: tar, manifest: packed.manifest };
};
