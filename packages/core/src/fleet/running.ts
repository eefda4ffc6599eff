import type { InstallPlan } from "../contracts/installer.ts";
import type { Operation } from "../engine/operation.ts";
import { lastPlanOf } from "./last-plan.ts";
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
    const { stores } = this.#operation;
    const { revision = "", plan = this.#operation.plan } = await lastPlanOf(
      stores,
      release,
      this.#operation.context("plan"),
    );
    return { release, revision, plan };
  }
}
