import { errors } from "./errors.ts";
import { standingOf } from "./member.ts";
import type { Place } from "./place.ts";
import type { ServerState, Servers } from "./server-state.ts";

/** What to do next about an instance: nothing any more, look again later, or give a command. */
export type Move = "done" | "wait" | { readonly command: string };

/** Decides the next move from what was just seen. Made anew at every look: a reload in between is healed. */
export type Decide = (servers: Servers, place: Place) => Move;

type DecideOne = (server: ServerState, place: Place) => Move;

const nameOf = (server: ServerState, place: Place): string => `${place.backend}/${server.name}`;

/** The first thing to do about any of several servers; waiting only when there is nothing else to do. */
const each = (servers: readonly ServerState[], place: Place, decide: DecideOne): Move => {
  const moves = servers.map((server) => decide(server, place)).filter((move) => move !== "done");
  return moves.find((move) => move !== "wait") ?? moves[0] ?? "done";
};

/** Marks a server down while checks run: one that leaves maintenance counts as up before any check ran. */
const prove = (name: string): Move => ({
  command: `enable health ${name};set server ${name} state drain;set server ${name} health down`,
});

/** The weight of a share in percent; never 0, which would take the server out. */
export const weightOf = (server: ServerState, percent: number): number =>
  Math.max(1, Math.floor((server.ownWeight * percent) / 100));

const admit = (server: ServerState, place: Place, percent: number): Move => {
  const name = nameOf(server, place);
  const weight = weightOf(server, percent);
  const first = percent < 100 && server.weight > weight ? `set server ${name} weight ${weight};` : "";
  return { command: `${first}set server ${name} state ready` };
};

const oneIn =
  (percent: number): DecideOne =>
  (server, place) => {
    const name = nameOf(server, place);
    if (server.maintenance === "forced")
      return server.check === "none" ? admit(server, place, percent) : prove(name);
    if (server.check === "off") return { command: `enable health ${name}` };
    if (server.drain === "forced") return server.up ? admit(server, place, percent) : "wait";
    if (server.weight === 0) {
      if (server.ownWeight === 0) throw errors.HWS_LB_ZERO_WEIGHT([place.socket, name]);
      return { command: `set server ${name} weight ${weightOf(server, percent)}` };
    }
    const { state, healthy } = standingOf(server);
    const checked = server.check === "on" || server.tracks;
    return state === "in" && (healthy === "yes" || !checked) ? "done" : "wait";
  };

const surplusAway: DecideOne = (server, place) =>
  server.maintenance === "forced"
    ? place.leave(server)
    : { command: `set server ${nameOf(server, place)} state maint` };

/**
 * Toward taking requests, with a first share of the weight. A server that leaves maintenance would get requests before
 * any check ran: so it goes to drain and is marked down first, and becomes ready when checks brought it up.
 */
export const towardIn =
  (percent = 100): Decide =>
  (servers, place) => {
    const [server, ...surplus] = place.find(servers);
    if (server === undefined) return place.enter(servers);
    const move = oneIn(percent)(server, place);
    return move === "done" ? each(surplus, place, surplusAway) : move;
  };

/** Toward at least a share of the weight, for a member that is in. */
export const towardWeight =
  (percent: number): Decide =>
  (servers, place) => {
    const move = towardIn(percent)(servers, place);
    if (move !== "done") return move;
    const [server] = place.find(servers);
    if (server === undefined || server.weight >= weightOf(server, percent)) return "done";
    return { command: `set server ${nameOf(server, place)} weight ${weightOf(server, percent)}` };
  };

const oneOut: DecideOne = (server, place) => {
  const name = nameOf(server, place);
  if (server.maintenance === "forced") return server.open > 0 ? "wait" : "done";
  if (server.drain !== "forced") return { command: `set server ${name} state drain` };
  return server.open > 0 ? "wait" : { command: `set server ${name} state maint` };
};

/**
 * Toward taking and serving none. Drain first, which a sticky client may still pass; maintenance as soon as nothing is
 * open, which nobody passes; done when nothing is open in maintenance.
 */
export const towardOut: Decide = (servers, place) => each(place.find(servers), place, oneOut);

const oneCut: DecideOne = (server, place) => {
  const name = nameOf(server, place);
  if (server.maintenance !== "forced") return { command: `set server ${name} state maint` };
  return server.open > 0 ? { command: `shutdown sessions server ${name}` } : "done";
};

/** As `towardOut`, cutting what is open. */
export const towardCut: Decide = (servers, place) => each(place.find(servers), place, oneCut);

const oneAway: DecideOne = (server, place) => {
  const move = place.leave(server);
  if (move === "done" || server.maintenance === "forced") return move;
  return { command: `set server ${nameOf(server, place)} state maint` };
};

/** From out toward unknown: what was added is deleted, a slot is emptied; one of haproxy.cfg stays in maintenance. */
export const towardAbsent: Decide = (servers, place) => each(place.find(servers), place, oneAway);
