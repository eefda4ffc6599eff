import type { Engine, Run } from "@hawser/core";
import { type RunEvent, type RunResult, Secret } from "@hawser/core/plugin";
import { resultOf, type Scenario } from "./scenario.ts";

/** Plays a recorded run; answers a cancel as the engine's contract says. */
export const play = (scenario: Scenario): Run => {
  let asked: "nothing" | "putBack" | "stop" = "nothing";
  let wake = (): void => {};
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        if (asked !== "stop") return;
        clearTimeout(timer);
        resolve();
      };
    });
  let end: (result: RunResult) => void = () => {};
  const result = new Promise<RunResult>((resolve) => {
    end = resolve;
  });
  const events = async function* (): AsyncGenerator<RunEvent> {
    for (const beat of scenario.beats) {
      if (typeof beat === "number") await pause(beat);
      else yield { ...beat, time: Date.now() } as RunEvent;
      if (asked !== "nothing" && scenario.cancel !== "deaf") break;
    }
    const { verb, instances } = scenario.result;
    if (asked === "stop" && scenario.cancel !== "deaf") end(resultOf(verb, "interrupted", 130, instances));
    else if (asked === "putBack" && scenario.cancel !== "deaf")
      end(resultOf(verb, "putBack", 130, instances));
    else end(scenario.result);
  };
  return {
    result,
    cancel: (how = "putBack") => {
      asked = how;
      wake();
    },
    [Symbol.asyncIterator]: () => events(),
  };
};

const side = {
  release: "000001",
  revision: "r",
  artifact: `sha256-${"0".repeat(64)}`,
  sizeBytes: 0,
  created: 0,
};

/** An engine whose every run is the same recorded one; its lists are what the scenario's result says. */
export const fakeEngine = (scenario: Scenario): Engine => ({
  deploy: () => play(scenario),
  rollback: () => play(scenario),
  reconcile: () => play(scenario),
  watch: () => play(scenario),
  plan: () => play(scenario),
  steps: async () => ({ application: "shop", environment: "", steps: [], commands: [] }),
  status: () => play(scenario),
  prune: () => play(scenario),
  drain: () => play(scenario),
  undrain: () => play(scenario),
  maintenance: () => play(scenario),
  exec: () => play(scenario),
  environments: async () => [""],
  overview: async () => ({
    application: "shop",
    environment: "",
    desired: null,
    drains: [],
    instances: null,
    runs: [],
    next: [],
    warnings: [],
  }),
  releases: async () => [],
  history: async () => [],
  logs: async function* () {},
  events: async function* () {},
  diff: async () => ({ from: side, to: side, files: [], changes: [] }),
  doctor: async () => [],
  provision: async () => ({
    script: new Secret("#!/bin/sh\n"),
    unit: "",
    path: "/etc/hawser/shop.sh",
    warnings: [],
  }),
  publishSecrets: async () => ({ names: [] }),
  pin: async () => ({ changed: true }),
  unpin: async () => ({ changed: true }),
  hold: async () => ({ changed: true }),
  unhold: async () => ({ changed: true }),
  fsck: async () => ({ objects: 0, bytes: 0, problems: [] }),
  sign: async () => ({ signed: 0, kept: 0, until: null, problems: [] }),
  unlock: async () => {},
  [Symbol.asyncDispose]: async () => {},
});
