import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { type SshTransportOptions, sshTransportSchema } from "./options.ts";
import { SshTransport } from "./ssh-transport.ts";

export type { SshTransportOptions } from "./options.ts";

const sshTransport: Plugin<"transport", SshTransportOptions> = definePlugin({
  kind: "transport",
  name: "@hawser/transport-ssh",
  schema: sshTransportSchema,
  create: (options, context) => new SshTransport(options, context.baseDirectory),
});

export default sshTransport;
