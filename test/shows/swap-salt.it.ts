import { openSalt } from "./scaling/salt.ts";
import { describeScaling, mostAtOnce } from "./scaling/scenario.ts";

describeScaling("one's own machines under Salt: MinIO, accepted minions, HAProxy", openSalt(mostAtOnce));
