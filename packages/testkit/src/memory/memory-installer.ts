import type { Installer, InstallPlan, Secret } from "@hawser/core/plugin";

/** A plan of nothing, to which a test adds what it is about. */
export const emptyPlan: InstallPlan = {
  prepare: [],
  install: [],
  leave: [],
  activate: [],
  rollback: [],
  once: { before: [], after: [] },
  maintenance: { on: [], off: [] },
  shared: [],
  writable: [],
  generated: [],
  ownership: [],
  env: {},
  secrets: [],
};

/** An installer whose plan a test gives; what it leaves out is empty. */
export class MemoryInstaller implements Installer {
  readonly #plan: InstallPlan;
  readonly #secrets: Readonly<Record<string, Secret>>;

  constructor(plan: Partial<InstallPlan> = {}, secrets: Readonly<Record<string, Secret>> = {}) {
    this.#plan = { ...emptyPlan, ...plan, secrets: Object.keys(secrets).sort() };
    this.#secrets = secrets;
  }

  plan(): InstallPlan {
    return this.#plan;
  }

  secrets(): Readonly<Record<string, Secret>> {
    return this.#secrets;
  }
}
