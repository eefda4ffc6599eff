import type { HistoryEntry, Overview } from "@hawser/core";
import type { RunResult } from "@hawser/core/plugin";
import { type Course, courseOf } from "./course.ts";
import type { ReadEngine } from "./engine.ts";
import { EnvironmentSight } from "./environment-sight.ts";
import { type KeptRun, type Member, membersOf } from "./members.ts";
import type { Told } from "./question.ts";

/** So many runs back the last word on an instance is looked for. */
const mostRunsBack = 4;

/** All environments that are shown, in the order of the config. */
export class Sights {
  readonly #byName: ReadonlyMap<string, EnvironmentSight>;

  constructor(engine: ReadEngine, environments: readonly string[], ending: AbortSignal) {
    this.#byName = new Map(environments.map((name) => [name, new EnvironmentSight(engine, name, ending)]));
  }

  get all(): readonly EnvironmentSight[] {
    return [...this.#byName.values()];
  }

  of(environment: string): EnvironmentSight | undefined {
    return this.#byName.get(environment);
  }

  /** The application, once any storage has answered. */
  get application(): string {
    for (const { overview } of this.#byName.values()) {
      const { answer } = overview.known;
      if (answer !== undefined) return answer.application;
    }
    return "Hawser";
  }
}

/** The instances of an environment, how far its run is, and how the last one failed. */
export interface FleetSight {
  readonly members: readonly Member[];
  /** Of the run that has no end yet. */
  readonly course: Course | undefined;
  /** The newest run, when it ended and failed. */
  readonly failed: RunResult | undefined;
}

export const fleetOf = async (sight: EnvironmentSight, { answer }: Told<Overview>): Promise<FleetSight> => {
  if (answer === undefined) return { members: [], course: undefined, failed: undefined };
  const runs: KeptRun[] = [];
  for (const { run } of answer.runs.slice(0, mostRunsBack)) {
    if (run === null) continue;
    const { answer: events = [] } = await sight.run(run);
    runs.unshift({ run, events });
    if (saysAll(answer, runs)) break;
  }
  const { answer: result, at = 0 } = sight.look.known;
  const newestEnd = endOf(answer.runs);
  // What instances said before a run began is no news any more.
  const look = result !== undefined && at > newestEnd ? { result, at } : undefined;
  const open = runs.find(({ run }) => run === answer.open?.run);
  const { result: last } = courseOf(runs.at(-1)?.events ?? []);
  return {
    members: membersOf(answer, runs, look),
    course: open && courseOf(open.events),
    failed: last?.ok === false && last.open !== true ? last : undefined,
  };
};

/** Whether the runs read so far name every instance that is known to serve, and what it runs. */
const saysAll = (overview: Overview, runs: readonly KeptRun[]): boolean => {
  const told = new Set(
    membersOf(overview, runs, undefined)
      .filter(({ release }) => release !== undefined)
      .map(({ id }) => id),
  );
  return told.size > 0 && (overview.instances ?? []).every(({ id }) => told.has(id));
};

/** When anything was last done by a run, milliseconds since 1970. */
const endOf = (runs: readonly HistoryEntry[]): number => {
  const [newest] = runs;
  return newest === undefined ? 0 : newest.started + (newest.durationMs ?? 0);
};
