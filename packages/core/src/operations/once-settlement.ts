import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { Journal } from "../state/journal.ts";
import type { RunSummary } from "../state/runs.ts";
import { intentOf } from "./open-run.ts";

/**
 * Takes down what a person found out about `once` commands whose end nobody recorded: of the open run's release, else
 * of the newest release that has one waiting.
 */
export const settleOnce = async (
  desk: Desk,
  answers: Readonly<Record<string, "done" | "again">>,
  open: RunSummary | undefined,
  context: OperationContext,
): Promise<void> => {
  for (const [name, how] of Object.entries(answers)) {
    const release = await waiting(desk, name, open, context);
    if (release === undefined)
      throw engineErrors.HWS_RUN_MISUSE([`no once command ${name} waits for somebody to settle it`]);
    await desk.stores.once.settle(release, name, how, context);
  }
};

const waiting = async (
  { stores }: Desk,
  name: string,
  open: RunSummary | undefined,
  context: OperationContext,
): Promise<string | undefined> => {
  const meant =
    open &&
    intentOf(await Journal.open(stores.storage, stores.application, stores.environment, open.run, context));
  const candidates = [
    ...(meant?.release === undefined ? [] : [meant.release]),
    ...(await stores.releases.list(context)).map(({ id }) => id).reverse(),
  ];
  for (const release of candidates) {
    const record = await stores.once.read(release, name, context);
    if (record !== undefined && (record.exit === undefined || record.exit !== 0)) return release;
  }
  return undefined;
};
