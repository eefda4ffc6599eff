import { HawserError } from "../errors/hawser-error.ts";
import { httpErrors } from "../errors/http-codes.ts";
import type { HttpLimits } from "./limits.ts";

/** Of Node's and OpenSSL's words for a certificate that does not do. */
const certificateCode =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|CRL_)/;

/** Of words for bytes that are not the protocol. */
const protocolCode = /^(HTTPParserError|HPE_|UND_ERR_HEADERS_OVERFLOW|ERR_SSL_|EPROTO)/;

/** OpenSSL gives its reason apart; its message is a line of its sources. */
const sayOf = ({ code, message, reason }: NodeJS.ErrnoException & { readonly reason?: string }): string =>
  reason ?? (message === "" ? code : message.split("\n", 1)[0]) ?? "unknown";

/** What a request that got no answer ends with. */
export const requestFailure = (
  error: unknown,
  { url, proxy, limits }: { readonly url: URL; readonly proxy: URL | undefined; readonly limits: HttpLimits },
): unknown => {
  if (HawserError.is(error)) return error;
  const failure = error as NodeJS.ErrnoException;
  const { code = failure.name } = failure;
  const fields = { cause: error };
  const { origin } = url;
  if (proxy !== undefined) {
    const refused = /Proxy response \((\d+)\)|Proxy Authentication Required/.exec(failure.message);
    const status = refused && Number(refused[1] ?? 407);
    if (status)
      return httpErrors.HWS_HTTP_PROXY([proxy.host, `status ${status}`], {
        ...fields,
        retryable: status >= 500,
      });
    if (code === "UND_ERR_PRX_TLS") return httpErrors.HWS_HTTP_PROXY([proxy.host, sayOf(failure)], fields);
  }
  if (code === "UND_ERR_HEADERS_TIMEOUT")
    return httpErrors.HWS_HTTP_STALLED([origin, limits.stallMs], fields);
  if (certificateCode.test(code)) return httpErrors.HWS_HTTP_CERTIFICATE([origin, sayOf(failure)], fields);
  if (protocolCode.test(code)) return httpErrors.HWS_HTTP_ANSWER([origin, sayOf(failure)], fields);
  const through = proxy === undefined ? "" : `through the proxy ${proxy.host}: `;
  return httpErrors.HWS_HTTP_UNREACHABLE([origin, `${through}${sayOf(failure)}`], fields);
};
