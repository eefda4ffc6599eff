import { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** What the SDK throws, as far as it is read. A server's text in it is hostile, and may repeat signed headers. */
interface SdkFailure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly Code?: unknown;
  readonly Region?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** What was asked: the bucket, and the object or prefix as people are told of it. */
export interface Asked {
  readonly bucket: string;
  readonly shown: string;
}

/** What the store said: `missing` and `changed` are for the caller to judge, all else is an error already. */
export type Failure = "missing" | "changed" | HawserError;

const credentialCodes =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken(Id)?|TokenRefreshRequired)$/;
const missingCodes = /^(NoSuchKey|NoSuchVersion|NotFound)$/;
const regionCodes = /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed)$/;
// NoSuchUpload: somebody tidied up a multipart upload under way.
const busyCodes =
  /^(SlowDown|ServiceUnavailable|InternalError|RequestTimeout|Throttling.*|TooManyRequests|NoSuchUpload)$/;
const certificateCodes =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

/** Reads a failure of the SDK; what it cannot read is an answer that S3 does not give. */
export const failureOf = (error: unknown, asked: Asked): Failure => {
  if (HawserError.is(error)) return error;
  const failure = (typeof error === "object" && error !== null ? error : {}) as SdkFailure;
  const { bucket, shown } = asked;
  const status = failure.$metadata?.httpStatusCode;
  const code = codeOf(failure);
  if (status === undefined) return unansweredFailure(failure, shown);
  const said = code === undefined || code === String(status) ? String(status) : `${status} ${code}`;
  if (code === "NoSuchBucket") return errors.HWS_S3_NO_BUCKET([bucket, shown]);
  if (code === "InvalidObjectState") return errors.HWS_S3_ARCHIVED([shown]);
  if (code === "RequestTimeTooSkewed" || (status === 403 && isSkewed(failure)))
    return errors.HWS_S3_CLOCK([shown]);
  if (matches(regionCodes, code) || status === 301 || status === 307)
    return errors.HWS_S3_REGION([bucket, regionOf(failure)]);
  if (matches(credentialCodes, code)) return errors.HWS_S3_AUTH([shown, said]);
  // 409: writers raced, and it is not said who won.
  const passing = status === 409 || status === 429 || (status >= 500 && status !== 501);
  if (passing || matches(busyCodes, code)) return errors.HWS_S3_BUSY([shown, said]);
  // 405: a marker that stands for a deleted version may not be read.
  if (matches(missingCodes, code) || status === 404 || status === 405) return "missing";
  if (status === 412) return "changed";
  if (status === 401 || status === 403) return errors.HWS_S3_DENIED([shown, said]);
  return errors.HWS_S3_ANSWER([shown, said]);
};

/** Whether the store answered, instead of the SDK giving up before. */
export const wasAnswered = (error: unknown): boolean =>
  (error as SdkFailure).$metadata?.httpStatusCode !== undefined;

/** S3's own limit for the age of a signature. A refused HEAD does not say that this is why. */
const clockLimitMs = 15 * 60_000;

const isSkewed = ({ $response }: SdkFailure): boolean =>
  Math.abs(Date.now() - Date.parse($response?.headers?.date ?? "")) > clockLimitMs;

const matches = (codes: RegExp, code: string | undefined): boolean => code !== undefined && codes.test(code);

const codeOf = ({ name, Code }: SdkFailure): string | undefined =>
  [Code, name].map(String).find((text) => /^[A-Za-z0-9.]{1,64}$/.test(text) && text !== "undefined");

/** Nothing was answered, or not what can be read. What was sent may have been stored all the same. */
const unansweredFailure = (failure: SdkFailure, shown: string): HawserError => {
  const { name, code, message } = failure;
  if (name === "CredentialsProviderError") return errors.HWS_S3_CREDENTIALS([]);
  if (message === "Region is missing")
    return errors.HWS_S3_OPTION([
      "region",
      "it is given neither here nor in AWS_REGION nor by the AWS profile",
    ]);
  if (typeof code === "string" && certificateCodes.test(code))
    return errors.HWS_S3_CERTIFICATE([shown, code]);
  const why = typeof code === "string" ? code : name === "TimeoutError" ? "no answer in time" : undefined;
  if (why !== undefined) return errors.HWS_S3_UNREACHABLE([shown, why.slice(0, 60)]);
  return errors.HWS_S3_ANSWER([shown, codeOf(failure) ?? "no reason given"]);
};

const regionOf = ({ Region, $response }: SdkFailure): string | undefined => {
  const named = [Region, $response?.headers?.["x-amz-bucket-region"]];
  return named.map(String).find((text) => /^[a-z]{2}[a-z0-9-]{1,40}$/.test(text) && text !== "undefined");
};
