import { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { matches, readFailure, type SdkFailure, type UnansweredErrors, unanswered } from "./sdk-failure.ts";

const clockCodes = /^(RequestExpired|RequestTimeTooSkewed|SignatureNotYetCurrent)$/;
const credentialCodes =
  /^(InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch|IncompleteSignature|InvalidSignatureException|ExpiredToken(Exception)?|InvalidAccessKeyId|MissingAuthenticationToken|UnrecognizedClientException|OptInRequired)$/;
const deniedCodes = /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized)$/;
const busyCodes =
  /^(Throttl.*|RequestThrottled.*|RequestLimitExceeded|TooManyRequests.*|PriorRequestNotComplete|BandwidthLimitExceeded|SlowDown|ServiceUnavailable.*|Unavailable|Internal(Error|Failure|ServerError|Service.*)|RequestTimeout.*|ResourceContention(Fault)?|ScalingActivityInProgress(Fault)?)$/;

/** The code of a refusal, such as `TargetGroupNotFound`; undefined when AWS did not refuse. */
export const refusalCode = (error: unknown): string | undefined => {
  const { status, code } = readFailure(error);
  return status === undefined ? undefined : code;
};

/** Reads a failure of the SDK. `call` names what was asked for, as AWS's permissions do: `ec2:DescribeInstances`. */
export const failureOf = (error: unknown, call: string): HawserError => {
  if (HawserError.is(error)) return error;
  const read = readFailure(error);
  const { failure, status, code, said } = read;
  if (status === undefined) return unanswered(read, unansweredErrors(call));
  if (matches(clockCodes, code)) return errors.HWS_AWS_CLOCK([call]);
  if (matches(credentialCodes, code)) return errors.HWS_AWS_AUTH([call, said]);
  if (matches(deniedCodes, code)) return errors.HWS_AWS_DENIED([call, said]);
  const passing = status === 429 || (status >= 500 && status !== 501);
  if (passing || matches(busyCodes, code)) return errors.HWS_AWS_BUSY([call, said]);
  if (status === 401 || status === 403) return errors.HWS_AWS_DENIED([call, said]);
  return errors.HWS_AWS_ANSWER([call, `${said}${wordsOf(failure)}`]);
};

const unansweredErrors = (call: string): UnansweredErrors => ({
  credentials: () => errors.HWS_AWS_CREDENTIALS([]),
  region: (why) => errors.HWS_AWS_OPTION(["region", why]),
  certificate: (why) => errors.HWS_AWS_CERTIFICATE([call, why]),
  unreachable: (why) => errors.HWS_AWS_UNREACHABLE([call, why]),
  unreadable: (why) => errors.HWS_AWS_ANSWER([call, why]),
});

/** What AWS said of a refused request, which names what is wrong with it. */
const wordsOf = ({ message }: SdkFailure): string =>
  typeof message === "string" ? `: ${printable(message)}` : "";

/** A text of AWS's that is shown to people: one line of a bounded length. */
export const printable = (text: string): string =>
  text
    .replace(/[^ -~]+/g, " ")
    .trim()
    .slice(0, 200);
