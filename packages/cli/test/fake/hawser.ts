import type { Core } from "../../src/core.ts";
import { main } from "../../src/main.ts";
import { fakeEngine } from "./engine.ts";
import { ended, goodDeploy, putBackDeploy, type Scenario } from "./scenario.ts";

/** The command line with a recorded engine behind it: `FAKE_RUN` names the recording, its size and its pauses. */
const [kind, many = "4", pause = "20", cancel] = (process.env.FAKE_RUN ?? "good").split(":");
const recordings: Readonly<Record<string, (many: number, pause: number) => Scenario>> = {
  good: goodDeploy,
  putBack: putBackDeploy,
  ended,
};
const recording = recordings[kind as string] as (many: number, pause: number) => Scenario;
const scenario = {
  ...recording(Number(many), Number(pause)),
  ...(cancel === "deaf" && { cancel: "deaf" as const }),
};

const environment = process.env.FAKE_ENVIRONMENT ?? "production";
const core: Pick<Core, "project" | "engine"> = {
  project: async ({ cwd }) => ({
    file: `${cwd}/hawser.yaml`,
    config: {},
    application: "shop",
    environment,
    confirm: process.env.FAKE_CONFIRM === "yes",
  }),
  engine: async () => {
    // A signal in the middle of the recording that comes from no keyboard.
    const signal = process.env.FAKE_SIGNAL;
    if (signal !== undefined) setTimeout(() => process.kill(process.pid, signal), 100);
    return fakeEngine(scenario);
  },
};

process.exit(await main(process.argv.slice(2), { core: async () => core as Core }));
