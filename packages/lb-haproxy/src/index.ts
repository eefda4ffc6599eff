import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { dialTcp, dialUnix } from "./dial.ts";
import { Haproxy } from "./haproxy.ts";
import { HaproxyLoadBalancer } from "./haproxy-load-balancer.ts";
import { backendName } from "./names.ts";
import { type HaproxyOptions, schema } from "./options.ts";
import { type Dial, RuntimeSocket } from "./runtime-socket.ts";
import { parseSocket } from "./socket-address.ts";

export type { HaproxyOptions } from "./options.ts";

const dialOf = (socket: string): Dial => {
  const address = parseSocket(socket);
  switch (address.kind) {
    case "unix":
      return dialUnix(address.path);
    case "tcp":
      return dialTcp(address.host, address.port);
    case "ssh":
      throw new Error("ssh");
  }
};

const plugin: Plugin<"loadBalancer", HaproxyOptions> = definePlugin({
  kind: "loadBalancer",
  name: "@hawser/lb-haproxy",
  schema,
  create(options: HaproxyOptions) {
    const backend = backendName(options.backend);
    const sockets = typeof options.socket === "string" ? [options.socket] : options.socket;
    const haproxies = sockets.map(
      (socket) => new Haproxy(new RuntimeSocket(socket, dialOf(socket)), backend),
    );
    const placement = {
      backend,
      server: options.server ?? "{id}",
      port: options.port,
      readyTimeoutMs: options.readyTimeoutMs ?? 60_000,
    };
    return new HaproxyLoadBalancer(haproxies, placement, async () => {});
  },
});

export default plugin;
