import { createHash } from "node:crypto";
import { isIP, SocketAddress } from "node:net";
import type { HawserError, Instance } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Move } from "./moves.ts";
import type { Place, Roster } from "./place.ts";
import type { ServerState, Servers } from "./server-state.ts";

/** The address of a slot that stands for nobody. */
const nobody = "0.0.0.0";

/** An address as HAProxy writes it; undefined when it is none. */
const written = (address: string): string | undefined => {
  const family = isIP(address);
  if (family === 0) return undefined;
  return family === 4 ? address : new SocketAddress({ address, family: "ipv6" }).address;
};

const unused = (server: ServerState): boolean => server.address === nobody || server.address === "-";

/**
 * Servers declared ahead by `server-template` that stand for whoever has their address. HAProxy keeps the addresses, so
 * every deployer reads the same from it; two that take the same slot at once see so at their next look.
 */
export class SlotRoster implements Roster {
  readonly #backend: string;
  readonly #slot: RegExp;
  readonly #port: number;

  constructor(backend: string, prefix: string, port: number) {
    this.#backend = backend;
    // The prefix passed the grammar of names: of what it may hold, only the dot means anything here.
    this.#slot = new RegExp(`^${prefix.replaceAll(".", "\\.")}[1-9][0-9]{0,5}$`);
    this.#port = port;
  }

  placeOf(instance: Instance, socket: string): Place {
    const address = written(instance.address);
    const name = `${instance.id} (${instance.address}:${this.#port})`;
    return {
      socket,
      backend: this.#backend,
      name,
      find: (servers) =>
        this.#slots(servers).filter((slot) => slot.address === address && slot.port === this.#port),
      enter: (servers) => {
        if (address === undefined) throw errors.HWS_LB_NO_ADDRESS([name, instance.address]);
        return this.#take(servers, address, socket);
      },
      leave: (slot) => ({
        command: `set server ${this.#backend}/${slot.name} addr ${nobody} port ${this.#port}`,
      }),
    };
  }

  faults(servers: Servers, socket: string): readonly HawserError[] {
    const slots = this.#slots(servers);
    if (slots.length === 0) return [errors.HWS_LB_NO_SLOT([socket, this.#backend, 0])];
    return slots
      .filter(({ named }) => !named)
      .slice(0, 1)
      .map(({ name }) => errors.HWS_LB_SLOT_ADDRESS([socket, `${this.#backend}/${name}`]));
  }

  #slots(servers: Servers): ServerState[] {
    return [...servers.values()].filter(({ name }) => this.#slot.test(name)).sort((a, b) => a.id - b.id);
  }

  #take(servers: Servers, address: string, socket: string): Move {
    const slots = this.#slots(servers);
    const free = slots.filter((slot) => unused(slot) && slot.maintenance !== "none");
    // Two deployers that bring in different instances at once choose different slots, mostly.
    const hash = createHash("sha256").update(address).digest().readUInt32BE(0);
    const chosen = free[hash % Math.max(1, free.length)];
    if (chosen === undefined) throw errors.HWS_LB_NO_SLOT([socket, this.#backend, slots.length]);
    return { command: `set server ${this.#backend}/${chosen.name} addr ${address} port ${this.#port}` };
  }
}
