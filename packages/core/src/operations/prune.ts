import type { OperationContext } from "../contracts/common.ts";
import type { LockRequest } from "../contracts/engine-requests.ts";
import type { RunResult } from "../contracts/events.ts";
import type { Desk, LockedDesk } from "../engine/operation.ts";
import type { FleetMember } from "../fleet/member.ts";
import { goodReleases } from "../state/marks.ts";
import { retained } from "../state/retention.ts";
import { sweep } from "../state/sweep.ts";
import { ArtifactCache } from "../steps/artifact-cache.ts";
import { locked } from "./locked.ts";
import { resultOf } from "./result.ts";
import { artifactsDirectory, openFleet } from "./workplace.ts";

/** Removes what retention no longer keeps: releases on instances, then what nothing names in storage. */
export const prune = async (
  free: Desk,
  request: LockRequest & { readonly dryRun?: boolean },
): Promise<RunResult> => {
  const began = performance.now();
  return await locked(free, { verb: "prune", waitMs: request.waitMs ?? 0, began }, async (desk) => {
    const context = desk.reporter.operation(desk.control.signal, "prune");
    await using fleet = openFleet(desk, true);
    await fleet.survey(await fleet.list(context), context);
    const keep = await keptReleases(desk);
    await fleet.each(
      fleet.working,
      async (member) => {
        const kept = keep(member);
        const gone = heldBy(member).filter((id) => !kept.has(id));
        if (request.dryRun === true || gone.length === 0) {
          desk.reporter.instance(member, "surveyed", `would remove ${gone.join(", ") || "nothing"}`);
          return;
        }
        await confirm(desk);
        const { removed } = await member.openHost.prune({ epoch: desk.lock.epoch, keep: [...kept] }, context);
        desk.reporter.instance(member, "surveyed", `removed ${removed.join(", ") || "nothing"}`);
      },
      context,
    );
    const swept = await sweep(
      desk.stores.storage,
      desk.config.application,
      {
        keep: desk.config.keep.storage,
        alsoKeep: fleet.members.flatMap(heldBy),
        dryRun: request.dryRun === true,
      },
      context,
    );
    desk.reporter.emit({
      type: "step",
      step: "prune storage",
      phase: "done",
      detail: `${swept.removed} objects removed, ${swept.marked} marked for a later prune`,
    });
    await pruneCache(desk, request.dryRun === true, context);
    return resultOf(desk, "prune", began, {
      outcome: "done",
      instances: fleet.members.map((member) => member.result()),
    });
  });
};

const pruneCache = async (desk: Desk, dryRun: boolean, context: OperationContext): Promise<void> => {
  const cache = new ArtifactCache(artifactsDirectory(desk));
  const desired = (await desk.stores.desired.read(context))?.state.release;
  const also = desired === undefined ? [] : [desired];
  const detail = dryRun
    ? `would remove ${(await cache.superfluous(desk, also, context)).length} files`
    : `${await cache.sweep(desk, also, context)} files removed`;
  desk.reporter.emit({ type: "step", step: "prune cache", phase: "done", detail });
};

const confirm = async (desk: LockedDesk): Promise<void> =>
  await desk.lock.confirm(desk.reporter.operation(desk.control.signal, "lock"), { giveUpMs: 60_000 });

/** What retention keeps on an instance: the newest good releases, what is desired, what it came from, what is pinned. */
const keptReleases = async (desk: Desk): Promise<(member: FleetMember) => ReadonlySet<string>> => {
  const context = desk.reporter.operation(desk.control.signal, "prune");
  const [marks, desired, pinned] = await Promise.all([
    desk.stores.marks.list(context),
    desk.stores.desired.read(context),
    desk.stores.pins.ids(context),
  ]);
  const good = goodReleases(marks);
  const wanted = [desired?.state.release, desired?.state.previous];
  return (member) => {
    const stays = [...wanted, ...pinned, member.survey?.current.release, member.survey?.previous];
    const needed = new Set(stays.filter((id) => typeof id === "string"));
    return retained({ present: heldBy(member), good, needed, keep: desk.config.keep.instances });
  };
};

const heldBy = (member: FleetMember): string[] => member.survey?.releases.map(({ id }) => id) ?? [];
