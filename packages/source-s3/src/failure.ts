import { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Place } from "./place.ts";

/** What the SDK throws, as far as it is read. A server's text in it is hostile, and may repeat signed headers. */
interface SdkFailure {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly Code?: unknown;
  readonly Region?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** What the store said: `missing` is for the caller to judge, all else is an error already. */
export type Failure = "missing" | "changed" | HawserError;

const credentialCodes =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken(Id)?|TokenRefreshRequired)$/;
const missingCodes = /^(NoSuchKey|NoSuchVersion|NotFound)$/;
const regionCodes = /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed)$/;
const busyCodes = /^(SlowDown|ServiceUnavailable|InternalError|RequestTimeout|Throttling.*|TooManyRequests)$/;

/** Reads a failure of the SDK; what it cannot read is an answer that S3 does not give. */
export const failureOf = (error: unknown, place: Place): Failure => {
  if (HawserError.is(error)) return error;
  const failure = (typeof error === "object" && error !== null ? error : {}) as SdkFailure;
  const status = failure.$metadata?.httpStatusCode;
  const code = codeOf(failure);
  if (status === undefined) return unsentFailure(code, failure, place);
  const said = code === undefined || code === String(status) ? String(status) : `${status} ${code}`;
  if (code === "NoSuchBucket") return errors.HWS_S3_NO_BUCKET([place.bucket, place.shown]);
  if (code === "InvalidObjectState") return errors.HWS_S3_ARCHIVED([place.shown]);
  if (code === "RequestTimeTooSkewed" || (status === 403 && isSkewed(failure)))
    return errors.HWS_S3_CLOCK([place.shown]);
  if (matches(regionCodes, code) || status === 301 || status === 307)
    return errors.HWS_S3_REGION([place.bucket, regionOf(failure)]);
  if (matches(credentialCodes, code)) return errors.HWS_S3_AUTH([place.shown, said]);
  // A marker that stands for a deleted version may not be read.
  if (matches(missingCodes, code) || status === 404 || status === 405) return "missing";
  if (status === 412) return "changed";
  if (status === 401 || status === 403) return errors.HWS_S3_DENIED([place.shown, said]);
  const busy = matches(busyCodes, code) || status === 429 || (status >= 500 && status !== 501);
  return busy ? errors.HWS_S3_BUSY([place.shown, said]) : errors.HWS_S3_ANSWER([place.shown, said]);
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

/** Nothing was answered: the SDK itself gave up, or could not read what it got. */
const unsentFailure = (code: string | undefined, { message }: SdkFailure, place: Place): HawserError => {
  if (code === "CredentialsProviderError") return errors.HWS_S3_CREDENTIALS([]);
  if (message === "Region is missing")
    return errors.HWS_S3_OPTION([
      "region",
      "it is given neither here nor in AWS_REGION nor by the AWS profile",
    ]);
  return errors.HWS_S3_ANSWER([place.shown, code ?? "no reason given"]);
};

const regionOf = ({ Region, $response }: SdkFailure): string | undefined => {
  const named = [Region, $response?.headers?.["x-amz-bucket-region"]];
  return named.map(String).find((text) => /^[a-z]{2}[a-z0-9-]{1,40}$/.test(text) && text !== "undefined");
};
