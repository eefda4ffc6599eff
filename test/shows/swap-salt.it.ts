import { describe } from "vitest";
import { scale } from "./scale.ts";
import { openSalt } from "./scaling/salt.ts";
import { describeScaling, mostAtOnce } from "./scaling/scenario.ts";

// Only at `HAWSER_SCALE=whole`: each question to the master starts programs of its own, two minutes of CPU in all.
describe.runIf(scale.name === "whole")("at full scale", () => {
  describeScaling("one's own machines under Salt: MinIO, accepted minions, HAProxy", openSalt(mostAtOnce));
});
