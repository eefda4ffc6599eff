import { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** What the SDK throws, as far as it is read. A server's text in it is hostile, and may repeat signed headers. */
interface SdkFailure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly Code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** What the store said: `missing` and `changed` are for the caller to judge, all else is an error already. */
export type Failure = "missing" | "changed" | HawserError;

const credentialCodes =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken(Id)?|TokenRefreshRequired)$/;
const regionCodes = /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed)$/;
const certificateCodes =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;
/** S3's own limit for the age of a signature. A refused HEAD does not say that this is why. */
const clockLimitMs = 15 * 60_000;

/** Reads a failure of the SDK; `where` is for people. */
export const failureOf = (error: unknown, where: string): Failure => {
  if (HawserError.is(error)) return error;
  const failure = (typeof error === "object" && error !== null ? error : {}) as SdkFailure;
  const status = failure.$metadata?.httpStatusCode;
  const code = codeOf(failure);
  if (status === undefined) return unansweredFailure(failure, where);
  const said = code === undefined || code === String(status) ? String(status) : `${status} ${code}`;
  if (code === "NoSuchBucket") return errors.HWS_BUCKET_MISSING([where]);
  if (code === "RequestTimeTooSkewed" || (status === 403 && isSkewed(failure)))
    return errors.HWS_BUCKET_CLOCK([where]);
  if (status === 301 || status === 307 || (code !== undefined && regionCodes.test(code)))
    return errors.HWS_BUCKET_REGION([where]);
  if (code !== undefined && credentialCodes.test(code)) return errors.HWS_BUCKET_AUTH([where, said]);
  if (status === 404) return "missing";
  if (status === 412) return "changed";
  if (status === 401 || status === 403) return errors.HWS_BUCKET_DENIED([where, said]);
  // 409: writers raced, and it is not said who won. 400 RequestTimeout: the body did not come in time.
  const passing = status === 409 || status === 429 || (status >= 500 && status !== 501);
  return passing || code === "RequestTimeout"
    ? errors.HWS_BUCKET_BUSY([where, said])
    : errors.HWS_BUCKET_ANSWER([where, said]);
};

const isSkewed = ({ $response }: SdkFailure): boolean =>
  Math.abs(Date.now() - Date.parse($response?.headers?.date ?? "")) > clockLimitMs;

const codeOf = ({ name, Code }: SdkFailure): string | undefined =>
  [Code, name].map(String).find((text) => /^[A-Za-z0-9.]{1,64}$/.test(text) && text !== "undefined");

/** Nothing was answered, or not what can be read. What was sent may have been stored all the same. */
const unansweredFailure = (failure: SdkFailure, where: string): HawserError => {
  const { name, code, message } = failure;
  if (name === "CredentialsProviderError") return errors.HWS_BUCKET_CREDENTIALS([]);
  if (message === "Region is missing")
    return errors.HWS_BUCKET_OPTION([
      "region",
      "it is given neither here nor in AWS_REGION nor by the AWS profile",
    ]);
  if (typeof code === "string" && certificateCodes.test(code))
    return errors.HWS_BUCKET_CERTIFICATE([where, code]);
  const why = typeof code === "string" ? code : name === "TimeoutError" ? "no answer in time" : undefined;
  if (why !== undefined) return errors.HWS_BUCKET_UNREACHABLE([where, why.slice(0, 60)]);
  return errors.HWS_BUCKET_ANSWER([where, codeOf(failure) ?? "no reason given"]);
};
