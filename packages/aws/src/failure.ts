import { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** What the SDK throws, as far as it is read. A server's text in it is hostile, and may repeat signed headers. */
interface SdkFailure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly Code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const clockCodes = /^(RequestExpired|RequestTimeTooSkewed|SignatureNotYetCurrent)$/;
const credentialCodes =
  /^(InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch|IncompleteSignature|InvalidSignatureException|ExpiredToken(Exception)?|InvalidAccessKeyId|MissingAuthenticationToken|UnrecognizedClientException|OptInRequired)$/;
const deniedCodes = /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized)$/;
const busyCodes =
  /^(Throttl.*|RequestThrottled.*|RequestLimitExceeded|TooManyRequests.*|PriorRequestNotComplete|BandwidthLimitExceeded|SlowDown|ServiceUnavailable.*|Unavailable|Internal(Error|Failure|ServerError|Service.*)|RequestTimeout.*|ResourceContention(Fault)?|ScalingActivityInProgress(Fault)?)$/;
const certificateCodes =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

/** The code of a refusal, such as `TargetGroupNotFound`; undefined when AWS did not refuse. */
export const refusalCode = (error: unknown): string | undefined => {
  const failure = (typeof error === "object" && error !== null ? error : {}) as SdkFailure;
  return failure.$metadata?.httpStatusCode === undefined ? undefined : codeOf(failure);
};

/** Reads a failure of the SDK. `call` names what was asked for, as AWS's permissions do: `ec2:DescribeInstances`. */
export const failureOf = (error: unknown, call: string): HawserError => {
  if (HawserError.is(error)) return error;
  const failure = (typeof error === "object" && error !== null ? error : {}) as SdkFailure;
  const status = failure.$metadata?.httpStatusCode;
  const code = codeOf(failure);
  if (status === undefined) return unansweredFailure(failure, call);
  const said = code === undefined ? String(status) : `${status} ${code}`;
  if (matches(clockCodes, code)) return errors.HWS_AWS_CLOCK([call]);
  if (matches(credentialCodes, code)) return errors.HWS_AWS_AUTH([call, said]);
  if (matches(deniedCodes, code)) return errors.HWS_AWS_DENIED([call, said]);
  const passing = status === 429 || (status >= 500 && status !== 501);
  if (passing || matches(busyCodes, code)) return errors.HWS_AWS_BUSY([call, said]);
  if (status === 401 || status === 403) return errors.HWS_AWS_DENIED([call, said]);
  return errors.HWS_AWS_ANSWER([call, `${said}${wordsOf(failure)}`]);
};

const matches = (codes: RegExp, code: string | undefined): boolean => code !== undefined && codes.test(code);

const codeOf = ({ name, Code }: SdkFailure): string | undefined =>
  [Code, name].map(String).find((text) => /^[A-Za-z][A-Za-z0-9.]{0,63}$/.test(text) && text !== "undefined");

/** What AWS said of a refused request, which names what is wrong with it. */
const wordsOf = ({ message }: SdkFailure): string =>
  typeof message === "string" ? `: ${printable(message)}` : "";

/** A text of AWS's that is shown to people: one line of a bounded length. */
export const printable = (text: string): string =>
  text
    .replace(/[^ -~]+/g, " ")
    .trim()
    .slice(0, 200);

/** Nothing was answered, or not what can be read. What was asked for may have been done all the same. */
const unansweredFailure = (failure: SdkFailure, call: string): HawserError => {
  const { name, code, message } = failure;
  if (name === "CredentialsProviderError") return errors.HWS_AWS_CREDENTIALS([]);
  if (message === "Region is missing")
    return errors.HWS_AWS_OPTION([
      "region",
      "it is given neither here nor in AWS_REGION nor by the AWS profile",
    ]);
  if (typeof code === "string" && certificateCodes.test(code))
    return errors.HWS_AWS_CERTIFICATE([call, code]);
  const why = typeof code === "string" ? code : name === "TimeoutError" ? "no answer in time" : undefined;
  if (why !== undefined) return errors.HWS_AWS_UNREACHABLE([call, why.slice(0, 60)]);
  return errors.HWS_AWS_ANSWER([call, codeOf(failure) ?? "no reason given"]);
};
