import type { OperationContext } from "../contracts/common.ts";
import type { DownloadRequest, OpenedPart } from "../contracts/download.ts";
import { downloadErrors } from "../errors/download-codes.ts";
import { inTime } from "./in-time.ts";

/**
 * Opens a file within the limit of a stall: a protocol that hangs before its first byte stands still, too. A stream
 * that comes later is let go.
 */
export const openWithin = async (
  request: DownloadRequest,
  offset: number,
  stallMs: number,
  context: OperationContext,
): Promise<OpenedPart> => {
  const own = new AbortController();
  const signal = AbortSignal.any([context.signal, own.signal]);
  // How far the file has come is told by who reads it, once for all protocols.
  const opening = request.open(offset, { signal, logger: context.logger, progress: () => {} });
  const late = () => downloadErrors.HWS_DOWNLOAD_STALLED([stallMs]);
  try {
    return await inTime(opening, stallMs, late, signal);
  } catch (error) {
    own.abort(error);
    opening.then(
      ({ stream }) => stream.destroy(),
      () => {},
    );
    throw error;
  }
};
