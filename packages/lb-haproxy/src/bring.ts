import { type EnsureRequest, HawserError, type OperationContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Haproxy, Limit } from "./haproxy.ts";
import { describeServer } from "./member.ts";
import { type Place, towardAbsent, towardCut, towardIn, towardOut } from "./moves.ts";
import type { ServerState } from "./server-state.ts";

type LimitError = "HWS_LB_NOT_HEALTHY" | "HWS_LB_DRAIN_TIMEOUT" | "HWS_LB_STILL_ATTACHED";

// What a server may still take after its sessions were cut, or until its pooled connections are closed.
const graceMs = 10_000;

const limitOf = (code: LimitError, ms: number, place: Place): Limit => ({
  ms,
  reached: (seen) =>
    errors[code]([place.socket, `${place.backend}/${place.server}`, ms, describeServer(seen)]),
});

const drain = async (
  haproxy: Haproxy,
  place: Place,
  request: EnsureRequest,
  context: OperationContext,
): Promise<ServerState | undefined> => {
  const limit = limitOf("HWS_LB_DRAIN_TIMEOUT", request.drainTimeoutMs, place);
  try {
    return await haproxy.settle(towardOut, place, limit, context);
  } catch (error) {
    if (request.onDrainTimeout !== "force" || !HawserError.is(error, "HWS_LB_DRAIN_TIMEOUT")) throw error;
    context.logger.warn("cutting the connections of a member that did not drain", {
      server: place.server,
      socket: place.socket,
      afterMs: request.drainTimeoutMs,
    });
    return haproxy.settle(towardCut, place, limitOf("HWS_LB_DRAIN_TIMEOUT", graceMs, place), context);
  }
};

/** Brings an instance's server at one HAProxy to what was asked for, and gives what was seen at the end. */
export const bring = async (
  haproxy: Haproxy,
  place: Place,
  request: EnsureRequest & { readonly readyTimeoutMs: number },
  context: OperationContext,
): Promise<ServerState | undefined> => {
  if (request.state === "in") {
    const limit = limitOf("HWS_LB_NOT_HEALTHY", request.readyTimeoutMs, place);
    return haproxy.settle(towardIn, place, limit, context);
  }
  const drained = await drain(haproxy, place, request, context);
  if (request.state === "out") return drained;
  return haproxy.settle(towardAbsent, place, limitOf("HWS_LB_STILL_ATTACHED", graceMs, place), context);
};
