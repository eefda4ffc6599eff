import type { HawserConfig } from "@hawser/core";
import type { Core } from "../../src/core.ts";
import { main } from "../../src/main.ts";
import { fakeEngine } from "./engine.ts";
import { goodDeploy, putBackDeploy, type Scenario } from "./scenario.ts";

/** The command line with a recorded engine behind it: `FAKE_RUN` names the recording, its size and its pauses. */
const [kind, many = "4", pause = "20", cancel] = (process.env.FAKE_RUN ?? "good").split(":");
const recordings: Readonly<Record<string, (many: number, pause: number) => Scenario>> = {
  good: goodDeploy,
  putBack: putBackDeploy,
};
const recording = recordings[kind as string] as (many: number, pause: number) => Scenario;
const scenario = {
  ...recording(Number(many), Number(pause)),
  ...(cancel === "deaf" && { cancel: "deaf" as const }),
};

const config: HawserConfig = {
  app: "shop",
  environments: JSON.parse(process.env.FAKE_ENVIRONMENTS ?? '{"production":{}}'),
};
const core: Core = {
  project: async ({ cwd }) => ({ file: `${cwd}/hawser.yaml`, baseDirectory: cwd, config }),
  engine: async () => fakeEngine(scenario),
};

process.exit(await main(process.argv.slice(2), { core: async () => core }));
