import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { doorOf } from "./door.ts";
import { Haproxy } from "./haproxy.ts";
import { HaproxyLoadBalancer } from "./haproxy-load-balancer.ts";
import { backendName } from "./names.ts";
import { type HaproxyOptions, schema } from "./options.ts";
import { RuntimeSocket } from "./runtime-socket.ts";

export type { HaproxyOptions } from "./options.ts";

const plugin: Plugin<"loadBalancer", HaproxyOptions> = definePlugin({
  kind: "loadBalancer",
  name: "@hawser/lb-haproxy",
  schema,
  create(options: HaproxyOptions) {
    const sockets = typeof options.socket === "string" ? [options.socket] : options.socket;
    const { server = "{id}", port, readyTimeoutMs = 60_000 } = options;
    const backend = backendName(options.backend);
    const haproxies = sockets.map(
      (socket) => new Haproxy(new RuntimeSocket(socket, doorOf(socket, options)), backend),
    );
    return new HaproxyLoadBalancer(haproxies, { backend, server, port, readyTimeoutMs });
  },
});

export default plugin;
