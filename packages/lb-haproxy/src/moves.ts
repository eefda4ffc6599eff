import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { errors } from "./errors.ts";
import { standingOf } from "./member.ts";
import { firstOwnId, type ServerState } from "./server-state.ts";

/** What to do next about a server: nothing any more, look again later, or give a command. */
export type Move = "done" | "wait" | { readonly command: string };

/** The server meant, at one HAProxy. */
export interface Place {
  readonly socket: string;
  readonly backend: string;
  readonly server: string;
  readonly address: string;
  readonly port: number | undefined;
}

/** Decides the next move from what was just seen. Made anew at every look: a reload in between is healed. */
export type Decide = (server: ServerState | undefined, place: Place) => Move;

const nameOf = (place: Place): string => `${place.backend}/${place.server}`;

// The id marks the server as ours for every later run, since HAProxy itself does not tell which were added.
const ownId = (name: string): number => {
  const hash = createHash("sha256").update(name).digest().readUInt32BE(0);
  return firstOwnId + (hash % (2 ** 31 - firstOwnId));
};

const add = (place: Place): Move => {
  const name = nameOf(place);
  if (place.port === undefined) throw errors.HWS_LB_UNKNOWN_SERVER([place.socket, name]);
  const family = isIP(place.address);
  if (family === 0) throw errors.HWS_LB_NO_ADDRESS([name, place.address]);
  const host = family === 6 ? `[${place.address}]` : place.address;
  return { command: `add server ${name} ${host}:${place.port} check id ${ownId(place.server)}` };
};

/**
 * Toward taking requests. A server that leaves maintenance counts as up before any check ran, and would get requests
 * at once: so it goes to drain and is marked down first, and becomes ready when checks brought it up.
 */
export const towardIn: Decide = (server, place) => {
  const name = nameOf(place);
  if (!server) return add(place);
  if (server.maintenance === "forced") {
    if (server.check === "none") return { command: `set server ${name} state ready` };
    return { command: `enable health ${name};set server ${name} state drain;set server ${name} health down` };
  }
  if (server.check === "off") return { command: `enable health ${name}` };
  if (server.drain === "forced") return server.up ? { command: `set server ${name} state ready` } : "wait";
  if (server.weight === 0) {
    if (server.ownWeight === 0) throw errors.HWS_LB_ZERO_WEIGHT([place.socket, name]);
    return { command: `set server ${name} weight 100%` };
  }
  const { state, healthy } = standingOf(server);
  const checked = server.check === "on" || server.tracks;
  return state === "in" && (healthy === "yes" || !checked) ? "done" : "wait";
};

/**
 * Toward taking and serving none. Drain first, which a sticky client may still pass; maintenance as soon as nothing is
 * open, which nobody passes; done when nothing is open in maintenance.
 */
export const towardOut: Decide = (server, place) => {
  if (!server) return "done";
  const name = nameOf(place);
  if (server.maintenance === "forced") return server.open > 0 ? "wait" : "done";
  if (server.drain !== "forced") return { command: `set server ${name} state drain` };
  return server.open > 0 ? "wait" : { command: `set server ${name} state maint` };
};

/** As `towardOut`, cutting what is open. */
export const towardCut: Decide = (server, place) => {
  if (!server) return "done";
  const name = nameOf(place);
  if (server.maintenance !== "forced") return { command: `set server ${name} state maint` };
  return server.open > 0 ? { command: `shutdown sessions server ${name}` } : "done";
};

/** From out toward unknown: deletes a server we added; one of haproxy.cfg would return at the next reload anyway. */
export const towardAbsent: Decide = (server, place) => {
  if (!server || server.id < firstOwnId) return "done";
  if (server.maintenance !== "forced") return { command: `set server ${nameOf(place)} state maint` };
  return { command: `del server ${nameOf(place)}` };
};
