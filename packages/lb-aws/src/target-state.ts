import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import { printable } from "@hawser/aws";
import { absent, type Standing } from "./standing.ts";

/** What AWS says of a target, in the words of the contract. */
export const standingOfTarget = (health: TargetHealth | undefined): Standing => {
  if (health === undefined) return absent;
  const { State: state, Reason: reason, Description: description } = health;
  const words = [state, reason, description].filter((text) => text !== undefined).join(", ");
  const seen = printable(words);
  // AWS has words for more states than the SDK's types know of.
  switch (String(state)) {
    case "healthy":
      return { state: "in", healthy: "yes", seen };
    case "unhealthy":
      return { state: "in", healthy: "no", seen };
    case "draining":
      return { state: "draining", healthy: "unknown", seen };
    case "unhealthy.draining":
      return { state: "draining", healthy: "no", seen };
    case "unused":
      if (reason === "Target.NotRegistered") return absent;
      // It stopped, or no load balancer uses the group: it is registered, and gets nothing.
      return { state: "in", healthy: reason === "Target.NotInUse" ? "unknown" : "no", seen };
    case "unavailable":
      return { state: "in", healthy: "unknown", seen, isUnchecked: true };
    default:
      // `initial`.
      return { state: "in", healthy: "unknown", seen };
  }
};
