import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { SaltApi } from "@hawser/salt";
import { type SaltTransportOptions, schema } from "./options.ts";
import { SaltTransport } from "./salt-transport.ts";

export type { SaltTransportOptions } from "./options.ts";

const saltTransport: Plugin<"transport", SaltTransportOptions> = definePlugin({
  kind: "transport",
  name: "@hawser/transport-salt",
  schema,
  acceptsBody: false,
  recordsRequests: true,
  create: (options, context) => new SaltTransport(new SaltApi(options, context), options),
});

export default saltTransport;
