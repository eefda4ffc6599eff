import type { NormalConfig } from "../config/types.ts";
import type { Installer } from "../contracts/installer.ts";
import type { Storage } from "../contracts/storage.ts";
import type { Transport } from "../contracts/transport.ts";
import { engineErrors } from "../errors/engine-codes.ts";

/** The names of the secrets that an installer would send; one whose values cannot be read here names them all the same. */
const secretNames = (installer: Installer): readonly string[] => installer.plan({ roles: [] }).secrets;

/** Refuses providers that cannot work together, before any of them has done anything. */
export const fitTogether = (
  config: NormalConfig,
  {
    transport,
    storage,
    installer,
  }: { readonly transport: Transport; readonly storage: Storage; readonly installer: Installer },
): void => {
  const { name } = config.transport.plugin;
  const refuse = (error: ReturnType<typeof engineErrors.HWS_TRANSPORT_RECORDS>): never => {
    throw error.stamp({ plugin: name, step: "config" });
  };
  if (transport.acceptsBody === false) {
    if (config.delivery === "stream")
      refuse(engineErrors.HWS_TRANSPORT_FETCH_ONLY([name, "the config says `delivery: stream`"]));
    if (storage.presignGet === undefined)
      refuse(engineErrors.HWS_TRANSPORT_FETCH_ONLY([name, `${config.storage.plugin.name} signs no URLs`]));
  }
  if (transport.recordsRequests !== true) return;
  const names = secretNames(installer);
  if (names.length > 0) refuse(engineErrors.HWS_TRANSPORT_RECORDS([name, names.join(", ")]));
};
