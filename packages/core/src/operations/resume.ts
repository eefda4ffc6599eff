import type { RunResult } from "../contracts/events.ts";
import { keepEventsOf } from "../engine/kept-events.ts";
import type { LockedDesk } from "../engine/operation.ts";
import { leftReleaseOf } from "../fleet/left-release.ts";
import type { RunSummary } from "../state/runs.ts";
import { openShipment } from "../steps/flow.ts";
import { launch } from "./launch.ts";
import { fromOf, openIntent } from "./open-run.ts";
import { artifactsDirectory } from "./workplace.ts";

/**
 * Goes on with a run whose deployer died. The journal says what was meant; what is missing is read from the
 * instances, the storage and the load balancer, and only that is done.
 */
export const resume = async (desk: LockedDesk, open: RunSummary, began: number): Promise<RunResult> => {
  const { stores } = desk;
  const context = desk.reporter.operation(desk.control.signal, "resume");
  const { journal, intent } = await openIntent(desk, open, context);
  keepEventsOf(desk, open.run);
  desk.reporter.emit({ type: "step", step: "resume", phase: "started", detail: `run ${open.run}` });
  const plan =
    intent.plan === undefined
      ? undefined
      : { plan: await stores.releases.getPlan(intent.plan, context), digest: intent.plan };
  const shipment =
    intent.release === undefined
      ? undefined
      : await openShipment(desk, artifactsDirectory(desk), intent.release, context);
  const from = open.verb === "rollback" ? fromOf(journal) : null;
  const leaving = from === null ? undefined : await leftReleaseOf(desk, from);
  return await launch(
    desk,
    {
      verb: open.verb === "rollback" ? "rollback" : "deploy",
      request: {},
      ...(shipment !== undefined && { shipment }),
      ...(intent.revision !== undefined && { revision: intent.revision }),
      ...(plan !== undefined && { plan }),
      ...(leaving !== undefined && { leaving }),
      resumed: { journal, before: intent.before, waves: intent.waves },
    },
    began,
  );
};
