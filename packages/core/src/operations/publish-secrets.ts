import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { renderHeaders } from "../artifact/record-text.ts";
import type { Desk } from "../engine/operation.ts";
import { provisionErrors } from "../errors/provision-codes.ts";
import { layout } from "../state/fields.ts";
import { environmentKeys } from "../state/keys.ts";

/**
 * Stores the installer's secrets for instances that provision themselves. They are signed inside and sealed outside:
 * only who holds an identity of a recipient reads them, and a machine takes them from nobody but the signer.
 */
export const publishSecrets = async (desk: Desk): Promise<{ readonly names: readonly string[] }> => {
  const { application, environment } = desk.config;
  if (!desk.stores.sealing.seals) throw provisionErrors.HWS_PROVISION_NO_RECIPIENTS([]);
  const context = desk.reporter.operation(desk.control.signal, "publish secrets");
  const values = Object.entries(desk.providers.installer.secrets?.() ?? {}).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const text = renderHeaders([
    ["hawser-secrets", layout],
    ["application", application],
    ["environment", environment === "" ? "-" : environment],
    ...values.map(([name, value]): [string, string] => ["secret", `${name}=${value.reveal()}`]),
  ]);
  const signed = await desk.stores.signatures.sign(text, "hawser-secrets@v1", context);
  const body = await buffer(Readable.from(desk.stores.sealing.seal(Readable.from([signed]))));
  const { secrets: key } = environmentKeys(application, environment);
  await desk.stores.storage.put({ key, body, sizeBytes: body.length }, context);
  return { names: values.map(([name]) => name) };
};
