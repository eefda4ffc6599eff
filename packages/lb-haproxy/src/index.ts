import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { doorOf } from "./door.ts";
import { errors } from "./errors.ts";
import { Haproxy } from "./haproxy.ts";
import { HaproxyLoadBalancer } from "./haproxy-load-balancer.ts";
import { backendName } from "./names.ts";
import { type HaproxyOptions, schema } from "./options.ts";
import { RuntimeSocket } from "./runtime-socket.ts";
import { rosterOf } from "./servers-option.ts";
import { slowStartOf } from "./slow-start.ts";
import { StateFile } from "./state-file.ts";

export type { HaproxyOptions } from "./options.ts";
export type { ServersOption } from "./servers-option.ts";
export type { SlowStart } from "./slow-start.ts";

const haproxyOf = (socket: string, backend: string, options: HaproxyOptions): Haproxy => {
  const door = doorOf(socket, options);
  const runtime = new RuntimeSocket(socket, door);
  const { stateFile } = options;
  if (stateFile === undefined) return new Haproxy(runtime, backend, { files: door.files });
  if (door.files === undefined) throw errors.HWS_LB_NO_STATE_FILE([socket]);
  return new Haproxy(runtime, backend, {
    files: door.files,
    stateFile: new StateFile(stateFile, door.files),
  });
};

const plugin: Plugin<"loadBalancer", HaproxyOptions> = definePlugin({
  kind: "loadBalancer",
  name: "@hawser/lb-haproxy",
  schema,
  create(options: HaproxyOptions) {
    const sockets = typeof options.socket === "string" ? [options.socket] : options.socket;
    const { server = "{id}", readyTimeoutMs = 60_000, configFile = "/etc/haproxy/haproxy.cfg" } = options;
    const backend = backendName(options.backend);
    const { port, servers } = options;
    const roster = rosterOf({ backend, server, port, servers });
    const slowStart = options.slowStart && slowStartOf(options.slowStart);
    return new HaproxyLoadBalancer(
      sockets.map((socket) => haproxyOf(socket, backend, options)),
      { backend, roster, readyTimeoutMs, configFile, slowStart },
    );
  },
});

export default plugin;
