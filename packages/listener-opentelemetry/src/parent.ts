import { type Context, context, createTraceState, isSpanContextValid, trace } from "@opentelemetry/api";

/** Version 00 as W3C writes it; a later one may have more behind it. */
const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * What the spans of a run belong to: the span in which the engine was asked, else what whoever started this process hands on in
 * `TRACEPARENT` and `TRACESTATE`, as CI systems do. A value that does not fit is as good as none.
 */
export const parentContext = (env: NodeJS.ProcessEnv): Context => {
  const active = context.active();
  if (trace.getSpanContext(active) !== undefined) return active;
  const [, version, traceId = "", spanId = "", flags = "", more] =
    traceparent.exec(env.TRACEPARENT ?? "") ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return active;
  const remote = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(env.TRACESTATE !== undefined && { traceState: createTraceState(env.TRACESTATE) }),
  };
  return isSpanContextValid(remote) ? trace.setSpanContext(active, remote) : active;
};
