import { type Inventory, Secret } from "@hawser/core/plugin";
import { type AwsServer, pluginContext } from "@hawser/testkit";
import plugin, { type AwsInventoryOptions } from "../src/index.ts";

/** An inventory of the stand-in. */
export const inventoryOf = async (aws: AwsServer, options: AwsInventoryOptions): Promise<Inventory> =>
  await plugin.create(
    {
      endpoint: aws.endpoint,
      accessKeyId: aws.accessKeyId,
      secretAccessKey: new Secret(aws.secretAccessKey),
      ...options,
    },
    pluginContext({ cacheDirectory: "/nonexistent" }),
  );
