import type { NormalConfig } from "../config/types.ts";
import type { Installer } from "../contracts/installer.ts";
import type { Storage } from "../contracts/storage.ts";
import type { Transport } from "../contracts/transport.ts";
import { misfits } from "../plugin/fit.ts";

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
  const { acceptsBody, recordsRequests } = transport;
  const [error] = misfits({
    transport: {
      name,
      ...(acceptsBody !== undefined && { acceptsBody }),
      ...(recordsRequests !== undefined && { recordsRequests }),
    },
    storage: { name: config.storage.plugin.name, signsUrls: storage.presignGet !== undefined },
    delivery: config.delivery,
    // One whose values cannot be read here names them all the same.
    secrets: installer.plan({ roles: [] }).secrets,
  });
  if (error !== undefined) throw error.stamp({ plugin: name, step: "config" });
};
