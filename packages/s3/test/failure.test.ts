import { HawserError } from "@hawser/core/plugin";
import { expect, test } from "vitest";
import { failureOf } from "../src/failure.ts";

const asked = { bucket: "acme", shown: "s3://acme/app/lock" };

/** A failure as the SDK throws it. */
const thrown = (status: number, name: string, more: object = {}): Error =>
  Object.assign(new Error("the store's own words: AKIA, token"), {
    name,
    $metadata: { httpStatusCode: status },
    ...more,
  });

test.each([
  [404, "NoSuchKey", "missing"],
  [404, "NotFound", "missing"],
  [412, "PreconditionFailed", "changed"],
])("%i %s is for the caller to judge", (status, name, verdict) => {
  expect(failureOf(thrown(status, name), asked)).toBe(verdict);
});

test.each([
  [409, "ConditionalRequestConflict", "HWS_S3_BUSY", true],
  [404, "NoSuchUpload", "HWS_S3_BUSY", true],
  [503, "SlowDown", "HWS_S3_BUSY", true],
  [400, "RequestTimeout", "HWS_S3_BUSY", true],
  [429, "429", "HWS_S3_BUSY", true],
  [501, "NotImplemented", "HWS_S3_ANSWER", false],
  [404, "NoSuchBucket", "HWS_S3_NO_BUCKET", false],
  [403, "AccessDenied", "HWS_S3_DENIED", false],
  [403, "SignatureDoesNotMatch", "HWS_S3_AUTH", false],
  [400, "ExpiredToken", "HWS_S3_AUTH", false],
  [403, "RequestTimeTooSkewed", "HWS_S3_CLOCK", false],
  [403, "InvalidObjectState", "HWS_S3_ARCHIVED", false],
  [301, "PermanentRedirect", "HWS_S3_REGION", false],
  [200, "<script>alert(1)</script>", "HWS_S3_ANSWER", false],
])("%i %s is %s, to be tried again: %s", (status, name, code, retryable) => {
  const failure = failureOf(thrown(status, name), asked);
  expect(failure).toMatchObject({ code, retryable });
  expect((failure as HawserError).message).not.toMatch(/AKIA|token|script/);
});

test.each([
  [{ code: "ECONNREFUSED" }, "HWS_S3_UNREACHABLE", true],
  [{ name: "TimeoutError" }, "HWS_S3_UNREACHABLE", true],
  [{ code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "HWS_S3_CERTIFICATE", false],
  [{ name: "CredentialsProviderError" }, "HWS_S3_CREDENTIALS", false],
  [{ message: "Region is missing" }, "HWS_S3_OPTION", false],
  [{}, "HWS_S3_ANSWER", false],
  ["a text", "HWS_S3_ANSWER", false],
  [undefined, "HWS_S3_ANSWER", false],
])("without an answer, %j is %s, to be tried again: %s", (error, code, retryable) => {
  expect(failureOf(error, asked)).toMatchObject({ code, retryable });
});

test("an error of Hawser's own stays what it is", () => {
  const own = new HawserError("HWS_HTTP_UNREACHABLE", "no way there");
  expect(failureOf(own, asked)).toBe(own);
});
