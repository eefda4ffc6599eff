import type { Member, MemberState } from "@hawser/core/plugin";
import type { ServerState } from "./server-state.ts";

/** How the load balancer stands to one instance. */
export type Standing = Pick<Member, "state" | "healthy">;

const stateOf = (server: ServerState): MemberState => {
  const takesNone =
    server.maintenance !== "none" || server.drain !== "none" || server.weight === 0 || server.stopping;
  if (!takesNone) return "in";
  return server.open > 0 ? "draining" : "out";
};

const healthOf = (server: ServerState): Member["healthy"] => {
  // In maintenance HAProxy pauses the checks and calls the server down: that says nothing of its health.
  if (server.maintenance !== "none") return "unknown";
  if (server.tracks) return server.up ? "yes" : "no";
  if (server.check !== "on") return "unknown";
  if (!server.up) return "no";
  return server.lastCheck === "" ? "unknown" : "yes";
};

/** How one HAProxy stands to an instance. */
export const standingOf = (server: ServerState | undefined): Standing =>
  server ? { state: stateOf(server), healthy: healthOf(server) } : { state: "absent", healthy: "unknown" };

// Out at one and draining at another is draining: it still serves.
const states: readonly MemberState[] = ["in", "out", "draining", "absent"];
const healths: readonly Member["healthy"][] = ["yes", "unknown", "no"];

const worse = <T>(order: readonly T[], a: T, b: T): T => (order.indexOf(a) > order.indexOf(b) ? a : b);

/** The worst over several load balancers. */
export const worst = (standings: readonly Standing[]): Standing =>
  standings.reduce((a, b) => ({
    state: worse(states, a.state, b.state),
    healthy: worse(healths, a.healthy, b.healthy),
  }));

/** How one HAProxy stands to an instance by the servers that stand for it. */
export const standingOfAll = (servers: readonly ServerState[]): Standing =>
  servers.length === 0 ? standingOf(undefined) : worst(servers.map(standingOf));

/** Servers in words, for errors. */
export const describeServers = (servers: readonly ServerState[]): string =>
  servers.length === 0 ? "unknown" : servers.map(describeServer).join("; ");

const describeServer = (server: ServerState): string => {
  const facts = [
    server.maintenance !== "none" && `in maintenance (${server.maintenance})`,
    server.drain !== "none" && `drained (${server.drain})`,
    server.weight === 0 && "weight 0",
    server.stopping && "stopping",
    server.maintenance === "none" && (server.up ? "up" : "down"),
    server.lastCheck !== "" && `last check ${server.lastCheck}`,
    server.open > 0 && `${server.open} open`,
  ];
  return facts.filter(Boolean).join(", ");
};
