import type { InstallPlan } from "../contracts/installer.ts";
import type { RunControl } from "../engine/control.ts";
import type { Reporter } from "../engine/reporter.ts";
import type { Stores } from "../engine/stores.ts";
import { commandErrors } from "../errors/command-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { lastPlanOf } from "./last-plan.ts";

/** A release that is left. */
export interface LeftRelease {
  readonly release: string;
  readonly revision: string;
  /** What it last ran with here; undefined when that cannot be read any more: then none of its commands is run. */
  readonly plan: InstallPlan | undefined;
}

/** Where its plan is looked for. */
interface Place {
  readonly stores: Pick<Stores, "releases" | "marks">;
  readonly reporter: Reporter;
  readonly control: Pick<RunControl, "signal">;
}

/** What is wrong with what lies in storage; anything else says that it could not be looked at. */
const unreadable = /^HWS_(STATE|SIGNATURE|ARTIFACT|SEALING)_/;

/** The release with the plan that it last ran with here; undefined when it never was in service. */
export const leftReleaseOf = async (desk: Place, release: string): Promise<LeftRelease | undefined> => {
  const context = desk.reporter.operation(desk.control.signal, "leave");
  try {
    const { revision, plan } = await lastPlanOf(desk.stores, release, context);
    return revision === undefined || plan === undefined ? undefined : { release, revision, plan };
  } catch (error) {
    if (!HawserError.is(error) || !unreadable.test(error.code)) throw error;
    desk.reporter.warnError(
      commandErrors.HWS_LEAVE_UNKNOWN([release, error.message], { step: "leave", cause: error }),
    );
    return { release, revision: "", plan: undefined };
  }
};
