import type { RunResult } from "../contracts/events.ts";
import type { Desk, LockedDesk } from "../engine/operation.ts";
import type { SwitchFrom } from "../fleet/switch.ts";
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
  desk.reporter.emit({ type: "step", step: "resume", phase: "started", detail: `run ${open.run}` });
  const plan =
    intent.plan === undefined
      ? undefined
      : { plan: await stores.releases.getPlan(intent.plan, context), digest: intent.plan };
  const shipment =
    intent.release === undefined
      ? undefined
      : await openShipment(desk, artifactsDirectory(desk), intent.release, context);
  const leaving = open.verb === "rollback" ? await leavingOf(desk, fromOf(journal)) : undefined;
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

/** The release that a rollback leaves: its own `rollback` commands run first, with the plan it last ran with. */
export const leavingOf = async (desk: Desk, release: string | null): Promise<SwitchFrom | undefined> => {
  if (release === null) return undefined;
  const context = desk.reporter.operation(desk.control.signal, "rollback");
  const { releases, marks } = desk.stores;
  const mark = await marks.read(release, context);
  const found = await releases.get(release, context);
  if (mark === undefined || found === undefined) return undefined;
  return {
    release,
    revision: found.record.revision.id,
    plan: await releases.getPlan(mark.plan, context),
  };
};
