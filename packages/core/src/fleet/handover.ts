import type { OperationContext } from "../contracts/common.ts";
import type { Operation } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import type { FetchedArchive, HostStaged, SentArchive, StageRequest } from "../host/host.ts";
import { manifestBody } from "../host/host-requests.ts";
import type { StoredParcel } from "./delivery.ts";
import type { FleetMember } from "./member.ts";

/** One archive in both ways in which it may come. What is not needed is not made. */
export interface Archive {
  /** As the instance may fetch it; undefined when it is not to. */
  stored(): Promise<StoredParcel | undefined>;
  sent(): Promise<SentArchive>;
}

/**
 * Stages with an archive that the instance fetches where it can, and that is sent over the session otherwise: also when
 * fetching fails.
 */
export const stageWith = async (
  operation: Operation,
  member: FleetMember,
  request: Omit<StageRequest, "archive">,
  { stored, sent }: Archive,
  context: OperationContext,
): Promise<HostStaged> => {
  const order = await operation.delivery.order(member, stored, context);
  if (order !== undefined) {
    try {
      return await stageOnce(operation, member, { ...request, archive: order }, context);
    } catch (error) {
      // One whose identity does not open what is stored may get it opened.
      if (!HawserError.is(error, "HWS_HOST_FETCH") && !HawserError.is(error, "HWS_HOST_SEALED")) throw error;
      if (!operation.delivery.sends(order.sizeBytes)) throw error;
      operation.delivery.gaveUp(member, error);
    }
  }
  const archive = await sent();
  if (!operation.delivery.sends(archive.sizeBytes))
    throw engineErrors.HWS_DELIVERY_FETCH_ONLY([archive.sizeBytes]);
  return await stageOnce(operation, member, { ...request, archive }, context);
};

const stageOnce = async (
  operation: Operation,
  member: FleetMember,
  request: StageRequest,
  context: OperationContext,
): Promise<HostStaged> => {
  await operation.guard();
  const fetched = isFetched(request.archive);
  const staged = await member.openHost.stage(request, context).catch((error: unknown) => {
    // An archive that never came was not sent either.
    if (!HawserError.is(error, "HWS_HOST_FETCH")) count(member, request);
    throw error;
  });
  count(member, request);
  member.via = fetched ? "pull" : "stream";
  return staged;
};

const isFetched = (archive: SentArchive | FetchedArchive): archive is FetchedArchive => "from" in archive;

const count = (member: FleetMember, { record, manifest, archive, supplement }: StageRequest): void => {
  member.bytes +=
    record.length + manifestBody(manifest).length + archive.sizeBytes + (supplement?.length ?? 0);
};
