import type { OperationContext } from "../contracts/common.ts";
import type { LockedDesk } from "../engine/operation.ts";
import { settleMending } from "../reconcile/settle.ts";
import type { RunSummary } from "../state/runs.ts";

/** The open run of a person. A turn that mended and whose process died is put right first: nobody is asked about it. */
export const openRun = async (
  desk: LockedDesk,
  context: OperationContext,
): Promise<RunSummary | undefined> => {
  const open = await desk.stores.runs.open(context);
  if (open?.verb !== "reconcile") return open;
  await settleMending(desk, open);
  return await desk.stores.runs.open(context);
};
