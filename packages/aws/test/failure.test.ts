import { HawserError } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { call } from "../src/call.ts";
import { failureOf, printable } from "../src/failure.ts";

const refusal = (status: number, code: string, message = "no") => ({
  name: code,
  Code: code,
  message,
  $metadata: { httpStatusCode: status },
});

const name = "ec2:DescribeInstances";

describe("a failure of a call to AWS", () => {
  it.each([
    [400, "Throttling", "HWS_AWS_BUSY", true],
    [400, "ThrottlingException", "HWS_AWS_BUSY", true],
    [503, "RequestLimitExceeded", "HWS_AWS_BUSY", true],
    [500, "InternalFailure", "HWS_AWS_BUSY", true],
    [503, "ServiceUnavailable", "HWS_AWS_BUSY", true],
    [400, "ScalingActivityInProgress", "HWS_AWS_BUSY", true],
    [403, "InvalidClientTokenId", "HWS_AWS_AUTH", false],
    [403, "SignatureDoesNotMatch", "HWS_AWS_AUTH", false],
    [403, "ExpiredToken", "HWS_AWS_AUTH", false],
    [401, "AuthFailure", "HWS_AWS_AUTH", false],
    [403, "AccessDenied", "HWS_AWS_DENIED", false],
    [403, "UnauthorizedOperation", "HWS_AWS_DENIED", false],
    [400, "RequestExpired", "HWS_AWS_CLOCK", false],
    [400, "ValidationError", "HWS_AWS_ANSWER", false],
  ])("with %i %s is %s (retryable: %s)", (status, code, expected, retryable) => {
    expect(failureOf(refusal(status, code), name)).toMatchObject({ code: expected, retryable });
  });

  it.each([
    [{ name: "CredentialsProviderError" }, "HWS_AWS_CREDENTIALS", false],
    [{ name: "Error", message: "Region is missing" }, "HWS_AWS_OPTION", false],
    [{ name: "Error", code: "ECONNREFUSED" }, "HWS_AWS_UNREACHABLE", true],
    [{ name: "TimeoutError" }, "HWS_AWS_UNREACHABLE", true],
    [{ name: "Error", code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "HWS_AWS_CERTIFICATE", false],
    ["nothing that can be read", "HWS_AWS_ANSWER", false],
  ])("that was not answered, %j, is %s (retryable: %s)", (thrown, expected, retryable) => {
    expect(failureOf(thrown, name)).toMatchObject({ code: expected, retryable });
  });

  it("tells which permission is missing", () => {
    const error = failureOf(refusal(403, "AccessDenied"), "autoscaling:CompleteLifecycleAction");
    expect(error.hint).toContain("autoscaling:CompleteLifecycleAction");
  });

  it("shows nothing of what AWS says of wrong signatures, which may repeat what was signed", () => {
    const said = "The Canonical String should have been 'x-amz-security-token:SECRET'";
    expect(failureOf(refusal(403, "SignatureDoesNotMatch", said), name).message).not.toContain("SECRET");
  });

  it("is shown in one line of a bounded length", () => {
    expect(printable(`a\u001b[31m\nb${"x".repeat(900)}`)).toMatch(/^[ -~]{1,200}$/);
  });
});

describe("a call", () => {
  it("is not made when its signal has aborted", async () => {
    const signal = AbortSignal.abort(new Error("the caller gave up"));
    let made = false;
    const calling = call({ name, signal }, async () => {
      made = true;
    });
    await expect(calling).rejects.toThrow("the caller gave up");
    expect(made).toBe(false);
  });

  it("that is refused is the caller's own error, where it has one for the code", async () => {
    const own = new HawserError("HWS_LB_AWS_NO_GROUP", "gone");
    const { signal } = new AbortController();
    const calling = call({ name, signal, refusals: { TargetGroupNotFound: () => own } }, () =>
      Promise.reject(refusal(400, "TargetGroupNotFound")),
    );
    await expect(calling).rejects.toBe(own);
  });
});
