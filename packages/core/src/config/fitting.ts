import type { Kind } from "../contracts/kinds.ts";
import { misfits } from "../plugin/fit.ts";
import type { DataMap, Finding } from "./data.ts";
import { factOf } from "./plugin-fact.ts";
import type { WiredSlot } from "./wire.ts";

/**
 * Plugins that cannot work together, as far as they say so before anything is made of them. What one does not say is found
 * when its provider is there.
 */
export const fittingFindings = (data: DataMap, slots: readonly WiredSlot[]): readonly Finding[] => {
  const slotOf = (kind: Kind) => slots.find((slot) => slot.kind === kind);
  const transport = slotOf("transport")?.wired.plugin;
  if (transport === undefined) return [];
  const installer = slotOf("installer");
  return misfits({
    transport,
    storage: slotOf("storage")?.wired.plugin,
    delivery: data.delivery,
    secrets: installer === undefined ? [] : factOf(installer, "secretNames", []),
  }).map((error) => ({ path: ["transport"], error }));
};
