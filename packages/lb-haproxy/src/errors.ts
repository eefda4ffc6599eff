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
    hint: "add a `server` line to the backend, make the `server` option match its names, or set the `port` option so that it can be added at run time",
  },
  HWS_LB_NO_ADDRESS: {
    message: (server: string, address: string): string =>
      `server ${server} cannot be added at run time, because ${JSON.stringify(address)} is not an IP address`,
    hint: "HAProxy resolves no names for servers added at run time: give the instance an IP address, or add a `server` line to haproxy.cfg",
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
