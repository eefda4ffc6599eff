import { setTimeout as sleep } from "node:timers/promises";
import type { EnsureRequest, Instance, LoadBalancer, Member, OperationContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { PoolOptions } from "./options.ts";
import type { Listed, Members, PoolApi } from "./pool-api.ts";

/** Between two looks. */
const pauseMs = 100;
/** How long requests that were cut may take to be gone. */
const cutMs = 10_000;

const memberOf = (id: string, members: Members): Member => {
  const found = members.get(id);
  if (found === undefined) return { instance: id, state: "absent", healthy: "unknown" };
  const state = found.admitted ? "in" : found.open > 0 ? "draining" : "out";
  return { instance: id, state, healthy: found.healthy ? "yes" : "no" };
};

const isIdle = (seen: Listed | undefined): boolean => (seen?.open ?? 0) === 0;

/** Each call looks, changes what differs, and looks until it is seen. Nothing is remembered between two calls. */
export class PoolBalancer implements LoadBalancer {
  readonly #options: PoolOptions;
  readonly #api: PoolApi;

  constructor(options: PoolOptions, api: PoolApi) {
    this.#options = options;
    this.#api = api;
  }

  async states(
    { instances }: { readonly instances: readonly Instance[] },
    context: OperationContext,
  ): Promise<readonly Member[]> {
    const members = await this.#api.members(context);
    return instances.map(({ id }) => memberOf(id, members));
  }

  async ensure(request: EnsureRequest, context: OperationContext): Promise<Member> {
    const { id, address } = request.instance;
    if (request.state === "in") {
      const { member = "http://{address}:80", healthyMs = 60_000 } = this.#options;
      const url = member.replaceAll("{id}", id).replaceAll("{address}", address);
      await this.#api.admit(id, url, context);
      const members = await this.#until(id, (seen) => seen?.healthy === true, healthyMs, context);
      if (members.get(id)?.healthy !== true) throw errors.HWS_LB_NOT_HEALTHY([id]);
      return memberOf(id, members);
    }
    const members = await this.#api.members(context);
    if (!members.has(id)) return memberOf(id, members);
    const emptied = await this.#empty(request, context);
    return memberOf(id, request.state === "out" ? emptied : await this.#api.remove(id, context));
  }

  /** Brings a member to serving nothing, as the request says of open requests. */
  async #empty(request: EnsureRequest, context: OperationContext): Promise<Members> {
    const { id } = request.instance;
    await this.#api.withdraw(id, context);
    let members = await this.#until(id, isIdle, request.drainTimeoutMs, context);
    if (!isIdle(members.get(id)) && request.onDrainTimeout === "force") {
      await this.#api.cut(id, context);
      members = await this.#until(id, isIdle, cutMs, context);
    }
    const seen = members.get(id);
    if (!isIdle(seen)) throw errors.HWS_LB_DRAIN_TIMEOUT([id, seen?.open ?? 0]);
    return members;
  }

  /** Looks until a member is as it shall be, or the time is over; what was seen last is told. */
  async #until(
    id: string,
    is: (seen: Listed | undefined) => boolean,
    limitMs: number,
    context: OperationContext,
  ): Promise<Members> {
    const end = performance.now() + limitMs;
    for (;;) {
      const members = await this.#api.members(context);
      if (is(members.get(id)) || performance.now() > end) return members;
      await sleep(pauseMs, undefined, { signal: context.signal });
    }
  }
}
