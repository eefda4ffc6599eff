import type { HawserError } from "@hawser/core/plugin";

/** What the SDK throws, as far as it is read. A server's text in it is hostile, and may repeat signed headers. */
export interface SdkFailure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly Code?: unknown;
  readonly Region?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** A failure of which it is known whether the server answered. */
export interface ReadFailure {
  readonly failure: SdkFailure;
  /** Of the answer; undefined when there was none that could be read. */
  readonly status: number | undefined;
  /** `TargetGroupNotFound`. */
  readonly code: string | undefined;
  /** `404 TargetGroupNotFound`, for people; empty without an answer. */
  readonly said: string;
}

export const readFailure = (error: unknown): ReadFailure => {
  const failure = (typeof error === "object" && error !== null ? error : {}) as SdkFailure;
  const status = failure.$metadata?.httpStatusCode;
  const code = codeOf(failure);
  const parts = [status, code === String(status) ? undefined : code];
  const said = status === undefined ? "" : parts.filter((part) => part !== undefined).join(" ");
  return { failure, status, code, said };
};

const codeOf = ({ name, Code }: SdkFailure): string | undefined =>
  [Code, name].map(String).find((text) => /^[A-Za-z0-9.]{1,64}$/.test(text) && text !== "undefined");

export const matches = (codes: RegExp, code: string | undefined): boolean =>
  code !== undefined && codes.test(code);

const certificateCodes =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

/** What a plugin says when there was no answer that can be read; `why` is for people. */
export interface UnansweredErrors {
  readonly credentials: () => HawserError;
  readonly region: (why: string) => HawserError;
  readonly certificate: (why: string) => HawserError;
  readonly unreachable: (why: string) => HawserError;
  readonly unreadable: (why: string) => HawserError;
}

/** The error of a failure without an answer. What was asked for may have been done all the same. */
export const unanswered = (read: ReadFailure, errors: UnansweredErrors): HawserError => {
  const { name, code, message } = read.failure;
  if (name === "CredentialsProviderError") return errors.credentials();
  if (message === "Region is missing")
    return errors.region("it is given neither here nor in AWS_REGION nor by the AWS profile");
  if (typeof code === "string" && certificateCodes.test(code)) return errors.certificate(code);
  if (typeof code === "string") return errors.unreachable(code.slice(0, 60));
  if (name === "TimeoutError") return errors.unreachable("no answer in time");
  return errors.unreadable(read.code ?? "no reason given");
};
