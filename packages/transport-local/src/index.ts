import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { LocalTransport } from "./local-transport.ts";

/** There is nothing to choose: an instance is a folder of this machine, its `root`. */
export type LocalTransportOptions = Readonly<Record<string, never>>;

const localTransport: Plugin<"transport", LocalTransportOptions> = definePlugin({
  kind: "transport",
  name: "@hawser/transport-local",
  schema: { type: "object", properties: {}, additionalProperties: false },
  create: () => new LocalTransport(),
});

export default localTransport;
