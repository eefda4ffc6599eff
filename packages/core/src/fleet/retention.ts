import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { goodReleases } from "../state/marks.ts";
import type { FleetMember } from "./member.ts";

/** What must not be recycled, and how many good releases stay. */
export interface Retention {
  readonly keep: number;
  readonly protected: ReadonlySet<string>;
  readonly good: ReadonlySet<string>;
}

/**
 * What must stay on an instance while a run is under way: what runs there, what it would be put back to, what is pinned, and
 * `also`. The release before that is what retention lets go first, and so what is recycled.
 */
export const retentionOf = async (
  desk: Desk,
  members: readonly FleetMember[],
  also: readonly (string | null | undefined)[],
  context: OperationContext,
): Promise<Retention> => {
  const [marks, pinned] = await Promise.all([desk.stores.marks.list(context), desk.stores.pins.ids(context)]);
  const stays = members.flatMap(({ survey, before }) => [survey?.current.release, before?.current]);
  return {
    keep: desk.config.keep.instances,
    protected: new Set([...stays, ...also, ...pinned].filter((id) => typeof id === "string")),
    good: goodReleases(marks),
  };
};
