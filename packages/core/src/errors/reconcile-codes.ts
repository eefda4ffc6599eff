import { defineErrors } from "./catalogue.ts";

/** What can go wrong in a turn that mends, and in a watch. */
export const reconcileErrors = defineErrors({
  HWS_RECONCILE_MOVED: {
    message: (instance: string) => `what is desired changed while ${instance} was brought up`,
    hint: "nothing is to be done: the next turn brings it to what is desired now",
  },
  HWS_RECONCILE_LEFT: {
    message: (instance: string) => `${instance} left the inventory while it was brought up`,
    hint: "nothing is to be done: it was not put into any load balancer",
  },
  HWS_RECONCILE_SPLIT: {
    message: (instances: readonly string[]) => `not mended: ${instances.join(", ")}`,
    hint: "the next turn tries again; `hawser logs` has what their commands said",
  },
  HWS_WATCH_INTERVAL: {
    message: (ms: number) => `an interval of ${ms} ms between two turns cannot be kept`,
    hint: "give a second or more",
  },
  HWS_WATCH_STUCK: {
    message: (turns: number, why: string) =>
      `${turns} turns of the watch failed, one after the other; the last one: ${why}`,
    hint: "the watch goes on trying; mend what it says, and see `hawser status`",
  },
  HWS_WATCH_METRICS: {
    message: (place: string, why: string) => `figures cannot be served at ${place}: ${why}`,
    hint: "give a free port (`--metrics 9464`) or `address:port`",
  },
  HWS_RECONCILE_NOBODY: {
    message: (instance: string) => `the inventory lists no instance ${instance}`,
    hint: "see `hawser status` for who is there",
  },
});
