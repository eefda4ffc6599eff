import { defineErrors, type Makers } from "@hawser/core/plugin";

const catalogue = {
  HWS_LB_BAD_SOCKET: {
    message: (socket: string): string => `${JSON.stringify(socket)} is not a socket of HAProxy's runtime API`,
    hint: "write /path, tcp://host:port or ssh://user@host[:port]/path",
  },
  HWS_LB_BAD_NAME: {
    message: (what: string, name: string): string =>
      `${JSON.stringify(name)} cannot be the name of a ${what}`,
    hint: "names are made of letters, digits and _ . : - (at most 255 characters)",
  },
  HWS_LB_UNREACHABLE: {
    message: (socket: string, why: string): string => `the runtime API at ${socket} did not answer: ${why}`,
    hint: "is HAProxy running, and does its `stats socket` line name this socket?",
    retryable: true,
  },
  HWS_LB_BAD_ANSWER: {
    message: (socket: string, why: string): string =>
      `the runtime API at ${socket} gave an answer not understood: ${why}`,
    hint: "check that the socket belongs to HAProxy 2.4 or newer; during a reload the same call may succeed later",
    retryable: true,
  },
  HWS_LB_NOT_ADMIN: {
    message: (socket: string): string => `the runtime API at ${socket} does not let us change servers`,
    hint: "add `level admin` to the `stats socket` line in haproxy.cfg and reload",
  },
  HWS_LB_UNKNOWN_BACKEND: {
    message: (socket: string, backend: string): string => `HAProxy at ${socket} has no backend ${backend}`,
    hint: "the `backend` option must name a backend section of haproxy.cfg",
  },
  HWS_LB_UNKNOWN_SERVER: {
    message: (socket: string, server: string): string => `HAProxy at ${socket} has no server ${server}`,
    hint: "add a `server` line to the backend, make the `server` option match its names, or let it be added at run time with the `port` option and `servers.mode: add`",
  },
  HWS_LB_NO_ADDRESS: {
    message: (server: string, address: string): string =>
      `server ${server} cannot be added at run time, because ${JSON.stringify(address)} is not an IP address`,
    hint: "HAProxy resolves no names for servers added at run time: give the instance an IP address, or add a `server` line to haproxy.cfg",
  },
  HWS_LB_NO_PORT: {
    message: (mode: string): string => `\`servers.mode: ${mode}\` needs the application's port`,
    hint: "set `port`, in the options of the plugin or in the block of the load balancer",
  },
  HWS_LB_NO_SLOT: {
    message: (socket: string, backend: string, slots: number): string =>
      slots === 0
        ? `backend ${backend} of HAProxy at ${socket} has no slots`
        : `all ${slots} slots of backend ${backend} of HAProxy at ${socket} are taken`,
    hint: "give the backend a longer `server-template`, such as `server-template slot 1-50 unassigned.invalid:8080 check init-addr last,0.0.0.0 disabled`, and reload",
  },
  HWS_LB_SLOT_ADDRESS: {
    message: (socket: string, slot: string): string =>
      `slot ${slot} of HAProxy at ${socket} has an address and no name in haproxy.cfg: after a reload with a state file it would be in service at a wrong address`,
    hint: "write a name that does not resolve and where its address comes from: `server-template slot 1-50 unassigned.invalid:8080 check init-addr last,0.0.0.0 disabled`",
  },
  HWS_LB_BAD_STEPS: {
    message: (steps: readonly number[]): string =>
      `the steps of \`slowStart\`, ${steps.join(", ")}, do not rise to 100`,
    hint: "write rising shares in percent with 100 as the last, such as [10, 50, 100]",
  },
  HWS_LB_LIGHT_WEIGHT: {
    message: (socket: string, server: string, weight: number): string =>
      `server ${server} at ${socket} has weight ${weight}, too little for the steps of \`slowStart\``,
    hint: "weights are whole numbers, and 10 % of 1 is 1 again: add `weight 100` to every `server` line of the backend",
  },
  HWS_LB_OUT_OF_STEP: {
    message: (instance: string, where: string): string =>
      `${instance} does not stand the same at all load balancers: ${where}`,
    hint: "bring the one that failed back, then run again: what is done stays done",
    retryable: true,
  },
  HWS_LB_NO_STATE_FILE: {
    message: (socket: string): string => `no state file can be written through ${socket}`,
    hint: "`stateFile` needs a socket on this machine or one reached by ssh://; else save the state in HAProxy's own reload: `ExecReload=/bin/sh -c 'echo show servers state | socat - /run/haproxy/admin.sock > /var/lib/haproxy/server-state'`",
  },
  HWS_LB_STATE_UNWRITABLE: {
    message: (socket: string, file: string, why: string): string =>
      `the state file ${file} of HAProxy at ${socket} cannot be written: ${why}`,
    hint: "its folder must exist, and be writable for the user that deploys",
  },
  HWS_LB_FORGETS: {
    message: (socket: string, backend: string, why: string): string =>
      `a reload of HAProxy at ${socket} forgets which servers of ${backend} are out: ${why}`,
    hint: "add `server-state-file PATH` to `global` and `load-server-state-from-file global` to the backend of haproxy.cfg, reload, and set `stateFile: PATH` here",
  },
  HWS_LB_ZERO_WEIGHT: {
    message: (socket: string, server: string): string =>
      `server ${server} at ${socket} has weight 0 in haproxy.cfg`,
    hint: "a server of weight 0 never takes a request: give it a weight and reload",
  },
  HWS_LB_REFUSED: {
    message: (socket: string, command: string, answer: string): string =>
      `HAProxy at ${socket} refused ${JSON.stringify(command)}: ${answer}`,
  },
  HWS_LB_NOT_HEALTHY: {
    message: (socket: string, server: string, limitMs: number, seen: string): string =>
      `server ${server} at ${socket} did not come into service within ${limitMs} ms: ${seen}`,
    hint: "ask the instance for what the `option httpchk` of the backend asks it; raise `readyTimeoutMs` when the checks are slow",
  },
  HWS_LB_DRAIN_TIMEOUT: {
    message: (socket: string, server: string, limitMs: number, seen: string): string =>
      `server ${server} at ${socket} still serves after ${limitMs} ms: ${seen}`,
    hint: "it takes no new request and stays so; wait for its connections to end, or set `rollout.onDrainTimeout: force`",
  },
  HWS_LB_STILL_ATTACHED: {
    message: (socket: string, server: string, limitMs: number, seen: string): string =>
      `server ${server} at ${socket} could not be deleted within ${limitMs} ms: ${seen}`,
    hint: "it is in maintenance and takes no request; the next run deletes it",
    retryable: true,
  },
  HWS_LB_NO_CHECK: {
    message: (socket: string, server: string): string => `server ${server} at ${socket} has no health check`,
    hint: "add `check` to its `server` line: without it HAProxy sends requests to a server that is down",
  },
};

/** Every error of this package. */
export const errors: Makers<typeof catalogue> = defineErrors(catalogue);
