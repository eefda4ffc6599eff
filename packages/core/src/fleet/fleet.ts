import type { OperationContext } from "../contracts/common.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import type { Instance, Inventory } from "../contracts/inventory.ts";
import type { Transport } from "../contracts/transport.ts";
import { forEachLimited } from "../decorate/concurrency.ts";
import { asHawserError, type Reporter } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { Host } from "../host/host.ts";
import { hostProgram } from "../host/program.ts";
import { FleetMember } from "./member.ts";
import { userQuestions } from "./users.ts";

/** How often a lost session is opened again within one step. */
const reconnections = 2;

export interface FleetParts {
  readonly application: string;
  readonly environment: string;
  /** The deploy root where an instance has none of its own. */
  readonly root: string;
  readonly inventory: Inventory;
  readonly transport: Transport;
  /** Asks longer: for an instance that is starting or was lost. */
  readonly patientTransport: Transport;
  readonly reporter: Reporter;
  readonly concurrency: number;
  /** Whether the host program may be kept on the instances: false for verbs that change nothing. */
  readonly keepProgram: boolean;
}

/** The instances of one run, each with at most one session. */
export class Fleet implements AsyncDisposable {
  readonly #parts: FleetParts;
  readonly #members = new Map<string, FleetMember>();

  constructor(parts: FleetParts) {
    this.#parts = parts;
  }

  /** Another one of the same inventory, for whoever must look at instances that this run does not work on. */
  aside(): Fleet {
    return new Fleet(this.#parts);
  }

  get members(): FleetMember[] {
    return [...this.#members.values()];
  }

  /** Those the run works on: they answered and are still listed. */
  get working(): FleetMember[] {
    return this.members.filter((member) => member.reachable);
  }

  get(id: string): FleetMember | undefined {
    return this.#members.get(id);
  }

  /** Lists the inventory and takes in who is new. Gives the new ones; instances that are leaving are not taken. */
  async list(context: OperationContext): Promise<FleetMember[]> {
    return this.take(await this.listed(context));
  }

  /** The same with what was listed already. */
  take(listed: readonly Instance[]): FleetMember[] {
    if (listed.length === 0) throw engineErrors.HWS_FLEET_EMPTY([]);
    const fresh: FleetMember[] = [];
    for (const instance of listed) {
      if (instance.lifecycle === "leaving" || this.#members.has(instance.id)) continue;
      const member = new FleetMember(instance, instance.root ?? this.#parts.root);
      this.#members.set(instance.id, member);
      fresh.push(member);
    }
    return fresh;
  }

  /**
   * Opens sessions and surveys; who does not answer is marked `unreachable` with its error. With a plan it is also asked
   * whether the session may do what the plan wants of other users.
   */
  async survey(
    members: readonly FleetMember[],
    context: OperationContext,
    plan?: InstallPlan,
  ): Promise<void> {
    await forEachLimited(
      members,
      this.#parts.concurrency,
      async (member) => {
        try {
          await this.#open(member, this.#transportTo(member.instance), context);
          await this.look(member, context, plan);
          member.error = undefined;
          this.#parts.reporter.instance(member, "surveyed");
        } catch (error) {
          context.signal.throwIfAborted();
          member.error = asHawserError(error).stamp({ instance: member.id });
          this.#parts.reporter.instance(member, "unreachable", member.error.message);
        }
      },
      context.signal,
    );
  }

  #transportTo({ lifecycle }: Instance): Transport {
    return lifecycle === "starting" ? this.#parts.patientTransport : this.#parts.transport;
  }

  async #open(member: FleetMember, transport: Transport, context: OperationContext): Promise<void> {
    if (member.session !== undefined) return;
    const { keepProgram } = this.#parts;
    member.session = await transport.open(
      { instance: member.instance, program: hostProgram(), root: member.root, keep: keepProgram },
      context,
    );
    member.host = new Host(member.session);
  }

  /** Reads the facts of one instance again. */
  async look(member: FleetMember, context: OperationContext, plan?: InstallPlan): Promise<void> {
    const { application, environment } = this.#parts;
    const users = plan === undefined ? [] : userQuestions(plan, member.instance.roles);
    const survey = await member.openHost.survey({ application, environment, users }, context);
    member.survey = survey;
    member.release = survey.current.release ?? null;
  }

  /** After a lost session: a new one to the same instance. */
  async reconnect(member: FleetMember, context: OperationContext): Promise<void> {
    await member.session?.[Symbol.asyncDispose]();
    member.session = undefined;
    member.host = undefined;
    await this.#open(member, this.#parts.patientTransport, context);
  }

  /**
   * Works on members at once, at most `limit` of them; all end before it returns. The first failure is thrown with
   * the others attached; a member that is no longer in the inventory is dropped and is no failure. `failed` is called at
   * once when one has failed for good, which a lost session has not.
   */
  async each(
    members: readonly FleetMember[],
    work: (member: FleetMember) => Promise<void>,
    context: OperationContext,
    { limit = this.#parts.concurrency, failed }: { readonly limit?: number; failed?(): void } = {},
  ): Promise<void> {
    const failures: HawserError[] = [];
    await forEachLimited(
      members,
      limit,
      async (member) => {
        try {
          await this.#persist(member, work, context);
        } catch (error) {
          const failure = asHawserError(error).stamp({ instance: member.id });
          if (await this.#isGone(member, failure, context)) return;
          failed?.();
          member.error = failure;
          this.#parts.reporter.instance(member, "failed", failure.message);
          failures.push(failure);
        }
      },
      context.signal,
    );
    const [first, ...others] = failures;
    if (first === undefined) return;
    first.suppressed.push(...others);
    throw first;
  }

  /** Does the work again over a new session when the old one is lost: every step may be repeated. */
  async #persist(
    member: FleetMember,
    work: (member: FleetMember) => Promise<void>,
    context: OperationContext,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(member);
      } catch (error) {
        const lost = HawserError.is(error, "HWS_TRANSPORT_LOST");
        if (!lost || attempt > reconnections || context.signal.aborted) throw error;
        await this.#reopen(member, context, error);
      }
    }
  }

  async #reopen(member: FleetMember, context: OperationContext, lost: unknown): Promise<void> {
    const listed = await this.listed(context);
    if (!listed.some(({ id }) => id === member.id)) throw lost;
    this.#parts.reporter.instance(member, member.state, "the session was lost: connecting again");
    await this.reconnect(member, context);
    await this.look(member, context);
  }

  /** Gone: its session was lost and a fresh, complete inventory no longer lists it. */
  async #isGone(member: FleetMember, failure: HawserError, context: OperationContext): Promise<boolean> {
    if (!failure.code.startsWith("HWS_TRANSPORT_")) return false;
    const listed = await this.listed(context).catch(() => undefined);
    if (listed === undefined || listed.some(({ id }) => id === member.id)) return false;
    this.#parts.reporter.instance(member, "gone", "no longer in the inventory");
    return true;
  }

  /** Who the inventory lists right now. */
  async listed(context: OperationContext): Promise<readonly Instance[]> {
    return await this.#parts.inventory.list(context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.members.map((member) => member.session?.[Symbol.asyncDispose]()));
  }
}
