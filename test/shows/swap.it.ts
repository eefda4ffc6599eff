import { openAws } from "./scaling/aws.ts";
import { openRack } from "./scaling/rack.ts";
import { describeScaling, mostAtOnce } from "./scaling/scenario.ts";

describeScaling("AWS: S3, an autoscaling group, a target group, SSH", openAws(mostAtOnce));
describeScaling("one's own rack: MinIO, a file of instances, HAProxy, SSH", openRack(mostAtOnce));
