import {
  type EnsureRequest,
  type Instance,
  inStep,
  type LoadBalancer,
  type Member,
  type OperationContext,
  type Problem,
} from "@hawser/core/plugin";
import { bring } from "./bring.ts";
import { checkHaproxy } from "./check.ts";
import type { Haproxy, Servers } from "./haproxy.ts";
import { standingOf, worst } from "./member.ts";
import { type Place, towardIn } from "./moves.ts";
import { serverName } from "./names.ts";

/** What the options come to. */
export interface Placement {
  readonly backend: string;
  /** Template of a server's name. */
  readonly server: string;
  readonly port: number | undefined;
  readonly readyTimeoutMs: number;
}

/** The members of one backend, carried by one HAProxy or by several in step. */
export class HaproxyLoadBalancer implements LoadBalancer {
  readonly #haproxies: readonly Haproxy[];
  readonly #placement: Placement;

  constructor(haproxies: readonly Haproxy[], placement: Placement) {
    this.#haproxies = haproxies;
    this.#placement = placement;
  }

  async states(
    request: { readonly instances: readonly Instance[] },
    context: OperationContext,
  ): Promise<readonly Member[]> {
    const names = request.instances.map((instance) => serverName(this.#placement.server, instance));
    const looks = await this.#lookAtAll(context);
    return request.instances.map((instance, index) => ({
      instance: instance.id,
      ...worst(looks.map((servers) => standingOf(servers.get(names[index] ?? "")))),
    }));
  }

  async ensure(request: EnsureRequest, context: OperationContext): Promise<Member> {
    const { readyTimeoutMs } = this.#placement;
    const places = this.#haproxies.map((haproxy) => this.#placeOf(request.instance, haproxy));
    // All are asked, and what cannot work is found, before any is changed.
    const looks = await this.#lookAtAll(context);
    if (request.state === "in") {
      for (const [index, place] of places.entries()) towardIn(looks[index]?.get(place.server), place);
    }
    const tasks = this.#haproxies.map((haproxy, index) => {
      const place = places[index] as Place;
      return (inner: OperationContext) => bring(haproxy, place, { ...request, readyTimeoutMs }, inner);
    });
    const settled = await inStep(tasks, context);
    return { instance: request.instance.id, ...worst(settled.map(standingOf)) };
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    const found = await Promise.all(this.#haproxies.map((haproxy) => checkHaproxy(haproxy, context)));
    return found.flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#haproxies.map((haproxy) => haproxy.socket[Symbol.asyncDispose]()));
  }

  #placeOf(instance: Instance, haproxy: Haproxy): Place {
    const { backend, server, port } = this.#placement;
    const name = serverName(server, instance);
    return { socket: haproxy.socket.label, backend, server: name, address: instance.address, port };
  }

  #lookAtAll(context: OperationContext): Promise<readonly Servers[]> {
    return Promise.all(this.#haproxies.map((haproxy) => haproxy.look(context)));
  }
}
