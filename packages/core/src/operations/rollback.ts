import type { RollbackRequest } from "../contracts/engine-requests.ts";
import type { RunResult } from "../contracts/events.ts";
import type { Desk } from "../engine/operation.ts";
import { leftReleaseOf } from "../fleet/left-release.ts";
import { openShipment } from "../steps/flow.ts";
import { abandon } from "./abandon.ts";
import { launch } from "./launch.ts";
import { locked } from "./locked.ts";
import { releaseToReturnTo } from "./release-choice.ts";
import { openRun } from "./settled-runs.ts";
import { artifactsDirectory } from "./workplace.ts";

/** A deploy of an old release with the plan that it last ran with here; it never runs a `once`. */
export const rollback = async (free: Desk, request: RollbackRequest): Promise<RunResult> => {
  const began = performance.now();
  const verb = "rollback";
  return await locked(free, { verb, waitMs: request.waitMs ?? 0, began }, async (desk) => {
    const context = desk.reporter.operation(desk.control.signal, verb);
    const { stores } = desk;
    const open = await openRun(desk, context);
    if (open !== undefined) {
      desk.reporter.warn({ code: "HWS_RUN_OPEN", message: `run ${open.run} is open: it is put back first` });
      const back = await abandon(desk, open, request, verb, began);
      if (!back.ok) return back;
    }
    const current = (await stores.desired.read(context))?.state.release ?? null;
    const target = await releaseToReturnTo(desk, request, current);
    const mark = await stores.marks.read(target, context);
    const shipment = await openShipment(desk, artifactsDirectory(desk), target, context);
    const leaving = current === null ? undefined : await leftReleaseOf(desk, current);
    return await launch(
      desk,
      {
        verb,
        request,
        shipment,
        ...(mark !== undefined && {
          plan: { plan: await stores.releases.getPlan(mark.plan, context), digest: mark.plan },
        }),
        ...(leaving !== undefined && { leaving }),
      },
      began,
    );
  });
};
