const connectMs = 10_000;

/** The SDK's own way of sending, over kept connections. */
export interface NodeHandler {
  readonly connectionTimeout: number;
  readonly socketTimeout: number;
  readonly httpAgent: object;
  readonly httpsAgent: object;
}

/**
 * @param limits how many connections there are at most, and how long one may be without a byte in either direction.
 * @param ca the text of the trusted certificates. Default: the system's.
 */
export const nodeHandlerOf = (
  { maxSockets, silentMs }: { readonly maxSockets: number; readonly silentMs: number },
  ca: string | undefined,
): NodeHandler => ({
  connectionTimeout: connectMs,
  socketTimeout: silentMs,
  httpAgent: { keepAlive: true, maxSockets },
  httpsAgent: { keepAlive: true, maxSockets, ...(ca !== undefined && { ca }) },
});
