import { unpackArchive } from "@hawser/core";
import type { OperationContext, Revision, Source } from "@hawser/core/plugin";

/** Writes a revision's tree into a directory as a run does it, whichever way the source gives it. */
export const receiveTree = async (
  source: Source,
  { revision, directory }: { readonly revision: Revision; readonly directory: string },
  context: OperationContext,
): Promise<void> => {
  if (source.fetch !== undefined) return await source.fetch({ revision, directory }, context);
  await unpackArchive({ archive: await source.open({ revision }, context), directory }, context);
};
