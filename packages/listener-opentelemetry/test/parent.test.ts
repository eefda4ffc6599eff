import { trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { parentContext } from "../src/parent.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const parentOf = (env: NodeJS.ProcessEnv) => trace.getSpanContext(parentContext(env));

describe("what a trace belongs to", () => {
  it("is what TRACEPARENT and TRACESTATE hand on", () => {
    const found = parentOf({ TRACEPARENT: `00-${traceId}-${spanId}-01`, TRACESTATE: "ci=1" });
    expect(found).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true });
    expect(found?.traceState?.get("ci")).toBe("1");
  });

  it("may be of a later version of the header", () => {
    expect(parentOf({ TRACEPARENT: `01-${traceId}-${spanId}-00-more` })).toMatchObject({ traceFlags: 0 });
  });

  it.each([
    ["nothing", undefined],
    ["an empty text", ""],
    ["no header", "yes"],
    ["a trace of zeros", `00-${"0".repeat(32)}-${spanId}-01`],
    ["a span of zeros", `00-${traceId}-${"0".repeat(16)}-01`],
    ["capital letters", `00-${traceId.toUpperCase()}-${spanId}-01`],
    ["more than this version has", `00-${traceId}-${spanId}-01-more`],
    ["the version that is forbidden", `ff-${traceId}-${spanId}-01`],
    ["something before it", ` 00-${traceId}-${spanId}-01`],
    ["lines behind it", `00-${traceId}-${spanId}-01\n`],
  ])("is nobody where TRACEPARENT is %s", (_, value) => {
    expect(parentOf(value === undefined ? {} : { TRACEPARENT: value })).toBeUndefined();
  });
});
