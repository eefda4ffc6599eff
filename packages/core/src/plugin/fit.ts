import type { HawserError } from "../errors/hawser-error.ts";
import { transportErrors } from "../errors/transport-codes.ts";

/** What plugins, or the providers that were made of them, say of themselves; what is not said is no hindrance. */
export interface Together {
  readonly transport: {
    readonly name: string;
    readonly acceptsBody?: false;
    readonly recordsRequests?: boolean;
  };
  readonly storage: { readonly name: string; readonly signsUrls?: boolean } | undefined;
  readonly delivery: unknown;
  /** Names of the secrets that the installer's commands want. */
  readonly secrets: readonly string[];
}

/** Why a transport cannot carry what a config asks of it. */
export const misfits = ({ transport, storage, delivery, secrets }: Together): readonly HawserError[] => {
  const { name, acceptsBody, recordsRequests } = transport;
  const found: HawserError[] = [];
  if (acceptsBody === false) {
    if (delivery === "stream")
      found.push(transportErrors.HWS_TRANSPORT_FETCH_ONLY([name, "the config says `delivery: stream`"]));
    if (storage?.signsUrls === false)
      found.push(transportErrors.HWS_TRANSPORT_FETCH_ONLY([name, `${storage.name} signs no URLs`]));
  }
  if (recordsRequests === true && secrets.length > 0)
    found.push(transportErrors.HWS_TRANSPORT_RECORDS([name, [...secrets].sort().join(", ")]));
  return found;
};
