import type { OperationContext } from "../contracts/common.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import type { Stores } from "../engine/stores.ts";

/** What storage knows of how a release last ran in this environment; a member is undefined where it does not say. */
export interface LastPlan {
  readonly revision: string | undefined;
  readonly plan: InstallPlan | undefined;
}

export const lastPlanOf = async (
  { marks, releases }: Pick<Stores, "marks" | "releases">,
  release: string,
  context: OperationContext,
): Promise<LastPlan> => {
  const [mark, found] = await Promise.all([marks.read(release, context), releases.get(release, context)]);
  const known = mark !== undefined && mark.plan !== "";
  return {
    revision: found?.record.revision.id,
    plan: known ? await releases.getPlan(mark.plan, context) : undefined,
  };
};
