import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { buildConnector } from "undici";
import { httpErrors } from "../errors/http-codes.ts";
import type { AddressClass } from "./address-class.ts";

/** Whether an address may be connected to. */
export interface AddressRule {
  readonly classOf: (address: string) => AddressClass;
  /** @param isLiteral whether the URL names the address itself. */
  readonly allows: (found: AddressClass, isLiteral: boolean) => boolean;
  /** Told of every connection that stands. */
  readonly connected?: (origin: string, found: AddressClass) => void;
}

/** Names are looked up here and nowhere else: what is checked is what is connected to. */
const guardedLookup =
  (rule: AddressRule): LookupFunction =>
  (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, []);
      const refused = addresses
        .map(({ address }) => rule.classOf(address))
        .find((found) => !rule.allows(found, false));
      if (refused !== undefined) return callback(httpErrors.HWS_HTTP_ADDRESS([hostname, refused]), []);
      const [first] = addresses;
      if (options.all === true) return callback(null, addresses);
      callback(null, first?.address ?? "", first?.family);
    });
  };

/** A connector of undici that keeps to a rule: for names in their look-up, for addresses before they are asked. */
export const guardedConnector = (
  build: typeof buildConnector,
  options: buildConnector.BuildOptions,
  rule: AddressRule,
): buildConnector.connector => {
  const connect = build({ ...options, lookup: guardedLookup(rule) } as buildConnector.BuildOptions);
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, "");
    const isLiteral = isIP(host) !== 0;
    const refusal = (found: AddressClass) => httpErrors.HWS_HTTP_ADDRESS([host, found]);
    if (isLiteral) {
      const found = rule.classOf(host);
      if (!rule.allows(found, true)) return callback(refusal(found), null);
    }
    connect(target, (...[error, socket]: [Error, null] | [null, Socket]) => {
      if (error !== null) return callback(error, null);
      const found = rule.classOf(socket.remoteAddress ?? "");
      if (!rule.allows(found, isLiteral)) {
        socket.destroy();
        return callback(refusal(found), null);
      }
      rule.connected?.(`${target.protocol}//${target.host}`, found);
      callback(null, socket);
    });
  };
};
