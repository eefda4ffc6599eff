import { keepEventsOf } from "../engine/kept-events.ts";
import type { LockedDesk } from "../engine/operation.ts";
import { Operation } from "../engine/operation.ts";
import { intentOf } from "../operations/open-run.ts";
import { openFleet } from "../operations/workplace.ts";
import { Journal } from "../state/journal.ts";
import { RunLog } from "../state/run-log.ts";
import type { RunSummary } from "../state/runs.ts";
import { drainedBy, mendDrains } from "./drains.ts";
import { lookAround } from "./sight.ts";

/**
 * Closes a turn whose process died in the middle of it: whom it had taken out goes in again, and nobody is asked. What it
 * meant to mend, the next turn sees.
 */
export const settleMending = async (desk: LockedDesk, open: RunSummary): Promise<readonly string[]> => {
  const { stores, reporter } = desk;
  const context = reporter.operation(desk.control.signal, "reconcile");
  keepEventsOf(desk, open.run);
  reporter.emit({ type: "step", step: "settle", phase: "started", detail: `run ${open.run}` });
  const { storage, application, environment } = stores;
  const journal = await Journal.open(storage, application, environment, open.run, context, desk.lock.epoch);
  const intent = intentOf(journal);
  await using fleet = openFleet(desk, true);
  const sight = await lookAround(desk, fleet, ({ id }) => intent.before.has(id));
  let joined: readonly string[] = [];
  if (sight !== undefined) {
    const operation = new Operation({
      desk,
      fleet,
      journal,
      log: new RunLog(desk.providers.storage, application, environment, open.run),
      plan: await stores.releases.getPlan(sight.desired.plan, context),
      from: sight.desired.release,
      resumed: true,
      secrets: desk.providers.installer.secrets?.() ?? {},
    });
    try {
      const drained = drainedBy(intent, fleet.working);
      joined = await mendDrains(operation, intent, drained, sight.desired.release);
    } finally {
      await operation.log.close().catch((error) => reporter.warnError(error, { step: "log" }));
    }
  }
  const out = fleet.members.filter(({ id, leftOut }) => leftOut && !joined.includes(id));
  await journal.end(
    {
      outcome: "interrupted",
      exitCode: 130,
      to: open.to,
      instances: out.map(({ id, release, state }) => ({ id, release, state, out: true as const })),
    },
    context,
  );
  reporter.emit({ type: "step", step: "settle", phase: "done" });
  return joined;
};
