import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";

/** A release that somebody rolled back from needs to be asked for by name and consent. */
export const refuseBad = async (desk: Desk, release: string, allowed: boolean): Promise<void> => {
  const context = desk.reporter.operation(desk.control.signal, "marks");
  const bad = (await desk.stores.marks.read(release, context))?.bad;
  if (bad !== undefined && !allowed) throw engineErrors.HWS_RELEASE_BAD([release, bad.reason]);
};
