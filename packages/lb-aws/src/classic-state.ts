import type { InstanceState } from "@aws-sdk/client-elastic-load-balancing";
import { printable } from "@hawser/aws";
import { absent, type Standing } from "./standing.ts";

/** What a classic load balancer says of an instance: most of it in words. */
export const standingOfInstance = (shown: InstanceState): Standing => {
  const { State: state, ReasonCode: reason, Description: description = "" } = shown;
  const words = [state, reason, description].filter((text) => text !== undefined && text !== "N/A");
  const seen = printable(words.join(", "));
  if (/deregistration (?:is )?currently in progress/i.test(description))
    return { state: "draining", healthy: "unknown", seen };
  if (/not currently registered/i.test(description)) return absent;
  if (state === "InService") return { state: "in", healthy: "yes", seen };
  // Of what comes up it is not known yet.
  if (state === "OutOfService" && reason !== "ELB") return { state: "in", healthy: "no", seen };
  return { state: "in", healthy: "unknown", seen };
};
