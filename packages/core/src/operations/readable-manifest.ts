import { Manifest } from "../artifact/manifest.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { isUnreadable } from "../sealing/unreadable.ts";

/** A manifest that helps and is not needed: one that is sealed to others is told of, and done without. */
export const readableManifest = async (
  desk: Desk,
  digest: string,
  context: OperationContext,
): Promise<Manifest | undefined> => {
  try {
    return Manifest.parse(await desk.stores.releases.getManifest(digest, context));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    desk.reporter.warnError(error, { step: "previous" });
    return undefined;
  }
};
