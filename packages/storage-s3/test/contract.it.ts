import { describeBucketStorage } from "@hawser/testkit";
import plugin from "../src/index.ts";

describeBucketStorage("storage-s3", plugin, (place) => ({ ...place, prefix: "releases" }));
