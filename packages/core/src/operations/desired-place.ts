import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { CommandPlace } from "../fleet/command-place.ts";

/** What commands beside the runs see: the desired release and the plan that belongs to it. */
export interface DesiredPlace extends CommandPlace {
  readonly release: string;
  readonly revision: string;
}

export const desiredPlace = async (desk: Desk, context: OperationContext): Promise<DesiredPlace> => {
  const { config, stores, providers } = desk;
  const found = await stores.desired.read(context);
  if (found === undefined) throw engineErrors.HWS_DESIRED_NONE([config.environment || "the top level"]);
  const { release, plan } = found.state;
  const record = (await stores.releases.get(release, context))?.record;
  return {
    application: config.application,
    environment: config.environment,
    plan: await stores.releases.getPlan(plan, context),
    secrets: providers.installer.secrets?.() ?? {},
    release,
    revision: record?.revision.id ?? "",
  };
};
