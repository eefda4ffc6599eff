import { setTimeout as sleep } from "node:timers/promises";
import { type EnsureRequest, HawserError, type OperationContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Haproxy, Limit } from "./haproxy.ts";
import { describeServers, type Standing, standingOfAll } from "./member.ts";
import { towardAbsent, towardCut, towardIn, towardOut, towardWeight } from "./moves.ts";
import type { Place } from "./place.ts";
import type { ServerState } from "./server-state.ts";
import { noSlowStart, type SlowStart } from "./slow-start.ts";

type LimitError = "HWS_LB_NOT_HEALTHY" | "HWS_LB_DRAIN_TIMEOUT" | "HWS_LB_STILL_ATTACHED";

/** How a member comes in. */
export interface Joining {
  readonly readyTimeoutMs: number;
  readonly slowStart: SlowStart | undefined;
}

// What a server may still take after its sessions were cut, or until its pooled connections are closed.
const graceMs = 10_000;

const limitOf = (code: LimitError, ms: number, place: Place): Limit => ({
  ms,
  reached: (seen) =>
    errors[code]([place.socket, `${place.backend}/${place.name}`, ms, describeServers(seen)]),
});

const drain = async (
  haproxy: Haproxy,
  place: Place,
  request: EnsureRequest,
  context: OperationContext,
): Promise<readonly ServerState[]> => {
  const limit = limitOf("HWS_LB_DRAIN_TIMEOUT", request.drainTimeoutMs, place);
  try {
    return await haproxy.settle(towardOut, place, limit, context);
  } catch (error) {
    if (request.onDrainTimeout !== "force" || !HawserError.is(error, "HWS_LB_DRAIN_TIMEOUT")) throw error;
    context.logger.warn("cutting the connections of a member that did not drain", {
      server: place.name,
      socket: place.socket,
      afterMs: request.drainTimeoutMs,
    });
    return haproxy.settle(towardCut, place, limitOf("HWS_LB_DRAIN_TIMEOUT", graceMs, place), context);
  }
};

/**
 * In with the first share of the weight, then share after share. Each share is "at least so much": a start that was cut
 * off is gone on with by the next call, and a member with its whole weight is left as it is.
 */
const admit = async (
  haproxy: Haproxy,
  place: Place,
  { readyTimeoutMs, slowStart = noSlowStart }: Joining,
  context: OperationContext,
): Promise<readonly ServerState[]> => {
  const limit = limitOf("HWS_LB_NOT_HEALTHY", readyTimeoutMs, place);
  const [first, ...rest] = slowStart.steps;
  let seen = await haproxy.settle(towardIn(first), place, limit, context);
  for (const percent of rest) {
    const [server] = seen;
    if (server === undefined || server.weight >= server.ownWeight) break;
    await sleep(slowStart.everyMs, undefined, { signal: context.signal });
    seen = await haproxy.settle(towardWeight(percent), place, limit, context);
  }
  return seen;
};

/** Brings an instance at one HAProxy to what was asked for, and gives what was seen at the end. */
export const bring = async (
  haproxy: Haproxy,
  place: Place,
  request: EnsureRequest & Joining,
  context: OperationContext,
): Promise<Standing> => {
  if (request.state === "in") return standingOfAll(await admit(haproxy, place, request, context));
  const drained = await drain(haproxy, place, request, context);
  if (request.state === "out") return standingOfAll(drained);
  const limit = limitOf("HWS_LB_STILL_ATTACHED", graceMs, place);
  return standingOfAll(await haproxy.settle(towardAbsent, place, limit, context));
};
