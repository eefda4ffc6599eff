import type { InstallPlan } from "../contracts/installer.ts";
import type { Operation } from "../engine/operation.ts";
import type { FleetMember } from "./member.ts";

/** A release in service on an instance, and the plan that belongs to it. */
export interface Running {
  readonly release: string;
  readonly revision: string;
  readonly plan: InstallPlan;
}

/**
 * Says what instances run right now, each release looked up once: with the plan that it last ran with in this environment, or
 * the operation's where that is not known. `known` has its plan from whoever asks.
 */
export class Runnings {
  readonly #operation: Operation;
  readonly #found = new Map<string, Promise<Running>>();

  constructor(operation: Operation, ...known: readonly Running[]) {
    this.#operation = operation;
    for (const running of known) this.#found.set(running.release, Promise.resolve(running));
  }

  /** Undefined for an instance that runs no release, or something that Hawser did not bring. */
  async of({ release }: FleetMember): Promise<Running | undefined> {
    if (release === null) return undefined;
    const found = this.#found.get(release) ?? this.#look(release);
    this.#found.set(release, found);
    return await found;
  }

  async #look(release: string): Promise<Running> {
    const { stores, plan } = this.#operation;
    const context = this.#operation.context("plan");
    const [mark, found] = await Promise.all([
      stores.marks.read(release, context),
      stores.releases.get(release, context),
    ]);
    const known = mark !== undefined && mark.plan !== "";
    return {
      release,
      revision: found?.record.revision.id ?? "",
      plan: known ? await stores.releases.getPlan(mark.plan, context) : plan,
    };
  }
}
