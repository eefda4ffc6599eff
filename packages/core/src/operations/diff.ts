import { difference } from "../artifact/difference.ts";
import { Manifest } from "../artifact/manifest.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { DiffAnswer, DiffSide } from "../contracts/engine-reports.ts";
import type { Desk } from "../engine/operation.ts";
import type { OtherEnvironments } from "../engine/other-environments.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { commitsBetween } from "./commits.ts";
import { originOf, type PromotionRequest } from "./promotion.ts";

/** The most commits that are told. */
const commitsLimit = 200;

interface Side {
  readonly side: DiffSide;
  readonly manifest: Manifest;
}

/**
 * What differs between two releases, each named by its id or by the environment that has it in service, in whichever storage
 * it lies: files, revisions, and the commits between them when the source can tell.
 */
export const diff = async (
  desk: Desk,
  request: { readonly from: string; readonly to: string },
  others: OtherEnvironments,
): Promise<DiffAnswer> => {
  const context = desk.reporter.operation(desk.control.signal, "diff");
  const open = async (name: string) => await openSide(desk, others, name, context);
  // One after the other: both may have to open the same storage.
  const [from, to] = [await open(request.from), await open(request.to)];
  const between = { from: from.side.revision, to: to.side.revision, limit: commitsLimit };
  // Files differ whether or not the source can be asked.
  const { error: _, ...told } = await commitsBetween(desk, between, context);
  return {
    from: from.side,
    to: to.side,
    files: difference(from.manifest, to.manifest).changes,
    ...told,
  };
};

/** A word of digits is a release: an environment of such a name is asked for by its release. */
const requestOf = (name: string): PromotionRequest =>
  /^\d{1,12}$/.test(name) ? { release: name } : { from: name };

const openSide = async (
  desk: Desk,
  others: OtherEnvironments,
  name: string,
  context: OperationContext,
): Promise<Side> => {
  await using origin = await originOf(desk, others, requestOf(name), context);
  const id = origin?.release ?? name;
  const { releases } = origin?.other.stores ?? desk.stores;
  const found = await releases.get(id, context);
  if (found === undefined) throw engineErrors.HWS_RELEASE_UNKNOWN([id]);
  const { revision, manifest, artifact, filesBytes, created } = found.record;
  const { label, author, url } = revision;
  return {
    manifest: Manifest.parse(await releases.getManifest(manifest, context)),
    side: {
      release: id,
      ...(origin !== undefined && { environment: origin.other.environment }),
      revision: revision.id,
      ...(label !== undefined && { label }),
      ...(author !== undefined && { author }),
      ...(url !== undefined && { url }),
      artifact,
      sizeBytes: filesBytes,
      created: created * 1000,
    },
  };
};
