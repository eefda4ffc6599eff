import type { RunningHaproxy } from "@hawser/testkit";

/** `down`: it would take requests, but HAProxy's own check fails. */
export type BalancerState = "in" | "down" | "draining" | "out";

const stateOf = (status: string): BalancerState => {
  if (status.startsWith("MAINT")) return "out";
  if (status.startsWith("DRAIN")) return "draining";
  return status.startsWith("UP") ? "in" : "down";
};

/** What HAProxy itself says of every server of the backend, read without Hawser. */
export const balancerStates = async (haproxy: RunningHaproxy): Promise<Record<string, BalancerState>> => {
  const [head = "", ...rows] = (await haproxy.command(`show stat ${haproxy.backend} 4 -1`))
    .trim()
    .split("\n");
  const names = head.replace("# ", "").split(",");
  const [name, status] = [names.indexOf("svname"), names.indexOf("status")];
  return Object.fromEntries(
    rows
      .filter((row) => row !== "")
      .map((row) => row.split(","))
      .map((row) => [row[name] ?? "", stateOf(row[status] ?? "")]),
  );
};
