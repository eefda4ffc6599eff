import type { Kind } from "../contracts/kinds.ts";
import { transportErrors } from "../errors/transport-codes.ts";
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
  const found: Finding[] = [];
  const refuse = (error: Finding["error"]) => found.push({ path: ["transport"], error });
  if (transport.acceptsBody === false) {
    const storage = slotOf("storage")?.wired.plugin;
    if (data.delivery === "stream")
      refuse(
        transportErrors.HWS_TRANSPORT_FETCH_ONLY([transport.name, "the config says `delivery: stream`"]),
      );
    if (storage?.signsUrls === false)
      refuse(transportErrors.HWS_TRANSPORT_FETCH_ONLY([transport.name, `${storage.name} signs no URLs`]));
  }
  const installer = slotOf("installer");
  const secrets = installer === undefined ? [] : factOf(installer, "secretNames", []);
  if (transport.recordsRequests === true && secrets.length > 0)
    refuse(transportErrors.HWS_TRANSPORT_RECORDS([transport.name, [...secrets].sort().join(", ")]));
  return found;
};
