import {
  type EnsureRequest,
  HawserError,
  type Instance,
  inStep,
  type LoadBalancer,
  type Member,
  type OperationContext,
  type Problem,
} from "@hawser/core/plugin";
import { bring, type Joining } from "./bring.ts";
import { checkHaproxy, type Wanted } from "./check.ts";
import { errors } from "./errors.ts";
import type { Haproxy } from "./haproxy.ts";
import { type Standing, standingOfAll, worst } from "./member.ts";
import { towardIn } from "./moves.ts";
import type { Servers } from "./server-state.ts";

/** What the options come to. */
export type Setting = Wanted & Joining;

/** The members of one backend, carried by one HAProxy or by several in step. */
export class HaproxyLoadBalancer implements LoadBalancer {
  readonly #haproxies: readonly Haproxy[];
  readonly #setting: Setting;

  constructor(haproxies: readonly Haproxy[], setting: Setting) {
    this.#haproxies = haproxies;
    this.#setting = setting;
  }

  async states(
    request: { readonly instances: readonly Instance[] },
    context: OperationContext,
  ): Promise<readonly Member[]> {
    const looks = await Promise.all(this.#haproxies.map((haproxy) => haproxy.look(context)));
    return request.instances.map((instance) => ({
      instance: instance.id,
      ...worst(
        this.#haproxies.map((haproxy, at) =>
          standingOfAll(this.#placeOf(instance, haproxy).find(looks[at] as Servers)),
        ),
      ),
    }));
  }

  /**
   * Out and absent begin only when every HAProxy answers. In goes on past one that does not: the others take the member
   * back, and the error says where it stands.
   */
  async ensure(request: EnsureRequest, context: OperationContext): Promise<Member> {
    const { instance } = request;
    if (request.state === "in") return await this.#bringIn(request, context);
    await Promise.all(this.#haproxies.map((haproxy) => haproxy.look(context)));
    const began = new Map<Haproxy, Standing>();
    try {
      await inStep(
        this.#haproxies.map((haproxy) => async (inner: OperationContext) => {
          began.set(haproxy, await this.#bring(haproxy, request, inner));
        }),
        context,
      );
    } catch (error) {
      throw await this.#outOfStep(instance, error, context);
    }
    return { instance: instance.id, ...worst([...began.values()]) };
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    const found = await Promise.all(
      this.#haproxies.map((haproxy) => checkHaproxy(haproxy, this.#setting, context)),
    );
    return found.flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#haproxies.map((haproxy) => haproxy.socket[Symbol.asyncDispose]()));
  }

  async #bringIn(request: EnsureRequest, context: OperationContext): Promise<Member> {
    const { instance } = request;
    // What cannot work is found before anything is changed.
    const looks = await Promise.allSettled(this.#haproxies.map((haproxy) => haproxy.look(context)));
    context.signal.throwIfAborted();
    for (const [at, haproxy] of this.#haproxies.entries()) {
      const look = looks[at];
      if (look?.status === "fulfilled") towardIn()(look.value, this.#placeOf(instance, haproxy));
    }
    const silent = looks.flatMap((look) => (look.status === "rejected" ? [look.reason] : []));
    if (silent.length === looks.length) throw silent[0];
    const settled = await Promise.allSettled(
      this.#haproxies.map((haproxy) => this.#bring(haproxy, request, context)),
    );
    context.signal.throwIfAborted();
    const failed = settled.find((each) => each.status === "rejected");
    if (failed) throw await this.#outOfStep(instance, failed.reason, context);
    const standings = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    return { instance: instance.id, ...worst(standings) };
  }

  #bring(haproxy: Haproxy, request: EnsureRequest, context: OperationContext): Promise<Standing> {
    return bring(
      haproxy,
      this.#placeOf(request.instance, haproxy),
      { ...request, ...this.#setting },
      context,
    );
  }

  /** The error of one HAProxy that is gone, told with how the instance stands at every one. Any other stays what it is. */
  async #outOfStep(instance: Instance, error: unknown, context: OperationContext): Promise<unknown> {
    if (this.#haproxies.length === 1 || context.signal.aborted) return error;
    if (!HawserError.is(error) || !error.retryable) return error;
    const told = await Promise.all(
      this.#haproxies.map(async (haproxy) => {
        const standing = await haproxy.look(context).then(
          (servers) => standingOfAll(this.#placeOf(instance, haproxy).find(servers)).state,
          (why: Error) => `unknown (${why.message})`,
        );
        return `${haproxy.socket.label}: ${standing}`;
      }),
    );
    return errors.HWS_LB_OUT_OF_STEP([instance.id, told.join("; ")], { cause: error });
  }

  #placeOf(instance: Instance, haproxy: Haproxy) {
    return this.#setting.roster.placeOf(instance, haproxy.socket.label);
  }
}
