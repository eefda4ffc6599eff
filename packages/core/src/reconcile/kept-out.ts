import type { OperationContext } from "../contracts/common.ts";
import type { Stores } from "../engine/stores.ts";
import { environmentKeys } from "../state/keys.ts";

/** The instances that a person took out and said so. */
export const keptOutIds = async (
  { storage, application, environment }: Pick<Stores, "storage" | "application" | "environment">,
  context: OperationContext,
): Promise<ReadonlySet<string>> => {
  const { drains } = environmentKeys(application, environment);
  const ids = new Set<string>();
  for await (const { key } of storage.list({ prefix: drains }, context)) ids.add(key.slice(drains.length));
  return ids;
};
