import { describe, expect, it } from "vitest";
import { standingOfInstance } from "../src/classic-state.ts";
import { worst } from "../src/standing.ts";
import { standingOfTarget } from "../src/target-state.ts";

describe("a target that AWS calls", () => {
  it.each([
    ["healthy", undefined, "in", "yes"],
    ["unhealthy", "Target.Timeout", "in", "no"],
    ["initial", "Elb.RegistrationInProgress", "in", "unknown"],
    ["unavailable", "Target.HealthCheckDisabled", "in", "unknown"],
    ["draining", "Target.DeregistrationInProgress", "draining", "unknown"],
    ["unhealthy.draining", undefined, "draining", "no"],
    ["unused", "Target.NotRegistered", "absent", "unknown"],
    ["unused", "Target.NotInUse", "in", "unknown"],
    ["unused", "Target.InvalidState", "in", "no"],
    ["something new", undefined, "in", "unknown"],
  ])("%s (%s) is %s and healthy: %s", (state, reason, expected, healthy) => {
    expect(standingOfTarget({ State: state, Reason: reason } as never)).toMatchObject({
      state: expected,
      healthy,
    });
  });

  it("nothing is absent", () => {
    expect(standingOfTarget(undefined).state).toBe("absent");
  });
});

describe("an instance of which a classic load balancer says", () => {
  it.each([
    ["InService", "N/A", "N/A", "in", "yes"],
    ["InService", "N/A", "Instance deregistration currently in progress.", "draining", "unknown"],
    ["OutOfService", "ELB", "Instance registration is still in progress.", "in", "unknown"],
    [
      "OutOfService",
      "Instance",
      "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
      "in",
      "no",
    ],
    [
      "OutOfService",
      "Instance",
      "Instance is not currently registered with the LoadBalancer.",
      "absent",
      "unknown",
    ],
    ["Unknown", "ELB", "A transient error occurred. Please try again later.", "in", "unknown"],
  ])("%s (%s), %s", (State, ReasonCode, Description, state, healthy) => {
    const shown = { InstanceId: "i-00000000", State, ReasonCode, Description };
    expect(standingOfInstance(shown)).toMatchObject({ state, healthy });
  });
});

describe("a member of several groups", () => {
  it("is in the worst of its states", () => {
    const at = (state: "in" | "out" | "draining" | "absent", healthy: "yes" | "no" | "unknown") => ({
      state,
      healthy,
      seen: "",
    });
    expect(worst([at("in", "yes"), at("draining", "unknown")])).toEqual({
      state: "draining",
      healthy: "unknown",
    });
    expect(worst([at("out", "unknown"), at("draining", "no")])).toEqual({ state: "draining", healthy: "no" });
    expect(worst([at("in", "yes"), at("absent", "unknown")])).toEqual({
      state: "absent",
      healthy: "unknown",
    });
  });
});
