import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { HawserError, Instance } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Move } from "./moves.ts";
import { serverName } from "./names.ts";
import type { Place, Roster } from "./place.ts";
import { firstOwnId } from "./server-state.ts";

/** How a server that HAProxy does not know is added. */
export interface Addition {
  readonly port: number;
  /** What stands behind the address, as words of a `server` line. */
  readonly words: string;
}

// The id marks the server as ours for every later run, since HAProxy itself does not tell which were added.
const ownId = (name: string): number => {
  const hash = createHash("sha256").update(name).digest().readUInt32BE(0);
  return firstOwnId + (hash % (2 ** 31 - firstOwnId));
};

/** Servers known by the names of instances: those of haproxy.cfg and, where a port says how, those added at run time. */
export class NamedRoster implements Roster {
  readonly #backend: string;
  readonly #template: string;
  readonly #addition: Addition | undefined;

  constructor(backend: string, template: string, addition: Addition | undefined) {
    this.#backend = backend;
    this.#template = template;
    this.#addition = addition;
  }

  placeOf(instance: Instance, socket: string): Place {
    const name = serverName(this.#template, instance);
    const whole = `${this.#backend}/${name}`;
    return {
      socket,
      backend: this.#backend,
      name,
      find: (servers) => {
        const server = servers.get(name);
        return server === undefined ? [] : [server];
      },
      enter: () => this.#add(whole, name, instance.address, socket),
      // One of haproxy.cfg would return at the next reload anyway.
      leave: (server) => (server.id < firstOwnId ? "done" : { command: `del server ${whole}` }),
    };
  }

  faults(): readonly HawserError[] {
    return [];
  }

  #add(whole: string, name: string, address: string, socket: string): Move {
    if (this.#addition === undefined) throw errors.HWS_LB_UNKNOWN_SERVER([socket, whole]);
    const family = isIP(address);
    if (family === 0) throw errors.HWS_LB_NO_ADDRESS([whole, address]);
    const host = family === 6 ? `[${address}]` : address;
    const { port, words } = this.#addition;
    return { command: `add server ${whole} ${host}:${port} ${words} id ${ownId(name)}` };
  }
}
