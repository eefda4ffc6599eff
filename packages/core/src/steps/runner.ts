import type { Operation } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { runPhase } from "../fleet/commands.ts";
import type { FleetMember } from "../fleet/member.ts";
import { cutWaves, shareOf } from "../fleet/share.ts";
import { checkGiven } from "./given.ts";
import type { Facts, Step, StepContext } from "./step.ts";
import type { Row } from "./table.ts";

/** A wave in hand. */
export interface WaveFacts {
  /** Numbered from 1. */
  readonly wave: number;
  readonly of: number;
  readonly instances: readonly string[];
}

/** What a run does between its waves; whatever throws stops it there, where nothing is half-done. */
export interface BetweenWaves {
  before?(): Promise<void>;
  readonly gate?: { stands(wave: WaveFacts): boolean; pass(wave: WaveFacts): Promise<void> };
}

/** Consecutive rows of the waves run together, instance by instance; every other row runs by itself. */
const group = (rows: readonly Row[]): Row[][] => {
  const groups: Row[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (row.step.where === "waves" && last?.[0]?.step.where === "waves") last.push(row);
    else groups.push([row]);
  }
  return groups;
};

/**
 * Runs the table: writes intent and outcome of each step and wave to the journal, checks what steps give, and stops
 * at the first failure. It knows no step by name.
 */
export class Runner {
  readonly #operation: Operation;
  readonly facts: Partial<Facts> = {};
  endedEarly = false;
  readonly #between: BetweenWaves;

  constructor(operation: Operation, between: BetweenWaves = {}) {
    this.#operation = operation;
    this.#between = between;
  }

  /** `after` hears of each step's end and may end the run there, when nothing is left to do. */
  async run(rows: readonly Row[], after: (step: string) => Promise<"go on" | "end">): Promise<void> {
    for (const rowsTogether of group(rows)) {
      this.#operation.control.checkpoint();
      const [row] = rowsTogether;
      if (row === undefined) continue;
      if (row.step.where === "waves") await this.#waves(rowsTogether);
      else await this.#journaled(row.step.name, () => this.#once(row));
      if ((await after(row.step.name)) === "end") {
        this.endedEarly = true;
        return;
      }
    }
  }

  /** A step outside the waves: on the deployer, or on every working instance at once. */
  async #once(row: Row): Promise<void> {
    if (row.step.where === "deployer") {
      const given = await row.step.run(this.facts as Facts, this.#context(row));
      this.#take(row.step, given ?? {});
      return;
    }
    await this.#operation.fleet.each(
      this.#operation.fleet.working,
      async (member) => void (await row.step.run(this.facts as Facts, this.#context(row, member))),
      this.#operation.context(row.step.name),
    );
  }

  async #waves(rows: readonly Row[]): Promise<void> {
    const { fleet, desk, reporter, control } = this.#operation;
    const limit = shareOf(desk.config.rollout.maxUnavailable, fleet.members.length, 1);
    const waves = cutWaves(fleet.working, desk.config.rollout.waves);
    for (const [index, wave] of waves.entries()) {
      control.checkpoint();
      await this.#between.before?.();
      const facts: WaveFacts = { wave: index + 1, of: waves.length, instances: wave.map(({ id }) => id) };
      const state = { failed: false };
      reporter.emit({ type: "wave", phase: "started", ...facts });
      await this.#journaled(`wave-${index + 1}`, () =>
        fleet.each(wave, (member) => this.#through(rows, member, state), this.#operation.context("wave"), {
          limit,
          failed: () => {
            state.failed = true;
          },
        }),
      ).catch((error) => {
        reporter.emit({ type: "wave", phase: "failed", ...facts });
        throw error;
      });
      reporter.emit({ type: "wave", phase: "done", ...facts });
      if (index + 1 < waves.length) await this.#gate(facts);
    }
  }

  /** What stands between two waves, journaled with those who passed: a run that is resumed passes it once. */
  async #gate(facts: WaveFacts): Promise<void> {
    const { gate } = this.#between;
    if (gate?.stands(facts) !== true) return;
    const { instances } = facts;
    await this.#journaled(`gate-${facts.wave}`, () => gate.pass(facts), { instances });
  }

  /** One instance through all rows of the waves. None is begun after a cancel or a failure elsewhere in the wave. */
  async #through(rows: readonly Row[], member: FleetMember, wave: { failed: boolean }): Promise<void> {
    if (wave.failed) return;
    this.#operation.control.checkpoint();
    for (const row of rows) {
      try {
        await row.step.run(this.facts as Facts, this.#context(row, member));
      } catch (error) {
        throw asHawserError(error).stamp({ step: row.step.name, instance: member.id });
      }
    }
  }

  async #journaled(
    name: string,
    work: () => Promise<void>,
    facts: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const { journal, reporter, lock } = this.#operation;
    const context = this.#operation.context(name);
    const began = performance.now();
    const { revision, release } = this.facts;
    lock.update({ phase: name });
    await this.#operation.guard();
    await journal.append({ step: name, phase: "intent" }, context);
    reporter.emit({ type: "step", step: name, phase: "started" });
    try {
      await work();
    } catch (error) {
      const failure = asHawserError(error).stamp({ step: name });
      reporter.emit({ type: "step", step: name, phase: "failed", detail: failure.message });
      throw failure;
    }
    await journal.append(
      { step: name, phase: "done", facts: { ...this.#worthKeeping(), ...facts } },
      context,
    );
    const durationMs = Math.round(performance.now() - began);
    reporter.emit({
      type: "step",
      step: name,
      phase: "done",
      durationMs,
      // What is known by now and was not before.
      ...(this.facts.revision !== undefined && !revision && { revision: this.facts.revision.id }),
      ...(this.facts.release !== undefined && !release && { release: this.facts.release.id }),
    });
  }

  /** What resume needs to know: which revision was meant and which release it became. */
  #worthKeeping(): Record<string, unknown> {
    const { revision, release } = this.facts;
    return {
      ...(revision !== undefined && { revision }),
      ...(release !== undefined && { release: release.id }),
      ...(this.#operation.planDigest !== undefined && { plan: this.#operation.planDigest }),
    };
  }

  #take(step: Step, given: Partial<Facts>): void {
    checkGiven(step, given);
    Object.assign(this.facts, given);
  }

  #context(row: Row, member?: FleetMember): StepContext {
    const operation = this.#operation;
    const { application, environment } = operation.desk.config;
    const base = {
      ...operation.context(row.step.name, member?.id),
      application,
      environment,
      options: row.options,
    };
    if (member === undefined) return base;
    return {
      ...base,
      instance: { id: member.id, roles: member.instance.roles },
      command: async (run) => {
        const release = this.facts.release;
        if (release === undefined) throw engineErrors.HWS_STEP_NEEDS([row.step.name, "release"]);
        const command = { name: row.step.name, run, timeoutMs: 10 * 60_000 };
        await runPhase(operation, member, [command], {
          phase: row.step.name,
          release: release.id,
          revision: release.revision,
        });
      },
    };
  }
}
