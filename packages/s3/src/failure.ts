import { matches, readFailure, type SdkFailure, type UnansweredErrors, unanswered } from "@hawser/aws";
import { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

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

/** Reads a failure of the SDK; what it cannot read is an answer that S3 does not give. */
export const failureOf = (error: unknown, asked: Asked): Failure => {
  if (HawserError.is(error)) return error;
  const read = readFailure(error);
  const { failure, status, code, said } = read;
  const { bucket, shown } = asked;
  if (status === undefined) return unanswered(read, unansweredErrors(shown));
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
export const wasAnswered = (error: unknown): boolean => readFailure(error).status !== undefined;

/** S3's own limit for the age of a signature. A refused HEAD does not say that this is why. */
const clockLimitMs = 15 * 60_000;

const isSkewed = ({ $response }: SdkFailure): boolean =>
  Math.abs(Date.now() - Date.parse($response?.headers?.date ?? "")) > clockLimitMs;

const unansweredErrors = (shown: string): UnansweredErrors => ({
  credentials: () => errors.HWS_S3_CREDENTIALS([]),
  region: (why) => errors.HWS_S3_OPTION(["region", why]),
  certificate: (why) => errors.HWS_S3_CERTIFICATE([shown, why]),
  unreachable: (why) => errors.HWS_S3_UNREACHABLE([shown, why]),
  unreadable: (why) => errors.HWS_S3_ANSWER([shown, why]),
});

const regionOf = ({ Region, $response }: SdkFailure): string | undefined => {
  const named = [Region, $response?.headers?.["x-amz-bucket-region"]];
  return named.map(String).find((text) => /^[a-z]{2}[a-z0-9-]{1,40}$/.test(text) && text !== "undefined");
};
