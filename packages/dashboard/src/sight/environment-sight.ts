import type { DiffAnswer, HistoryEntry, Overview, ReleaseSummary } from "@hawser/core";
import type { RunEvent, RunResult } from "@hawser/core/plugin";
import { gatherFacts, type Reading, type RunFacts } from "@hawser/report";
import { BeatWatch } from "./beat.ts";
import type { ReadEngine } from "./engine.ts";
import { answered, Question, type QuestionOptions, type Told } from "./question.ts";
import { Recent } from "./recent.ts";

/** How old an answer may be when somebody looks. */
const overviewMs = 2_000;
const runningMs = 2_500;
const listsMs = 10_000;
const lookMs = 10_000;
/** What does not change any more: asked again only so that what was removed goes. */
const lastingMs = 10 * 60_000;
/** How long storage may take, and every instance. */
const storageLimitMs = 60_000;
const instancesLimitMs = 180_000;
/** So many runs and comparisons are remembered. */
const mostRuns = 12;
const mostDiffs = 20;
/** A page of history. */
const historyEntries = 50;

const storageQuestion = <T>(what: string, restMs: QuestionOptions<T>["restMs"]): QuestionOptions<T> => ({
  what,
  restMs,
  limitMs: storageLimitMs,
});

/**
 * A run that is open may be gone on with, and one of which nothing is kept has no more to say. What is long is read less
 * often.
 */
const restOf = (events: readonly RunEvent[]): number => {
  const last = events.at(-1);
  if (last === undefined) return listsMs;
  return last.type === "result" && last.open !== true ? lastingMs : runningMs + events.length;
};

/** Everything that a dashboard asks about one environment: each question once for all who look. */
export class EnvironmentSight {
  readonly environment: string;
  readonly beat: BeatWatch = new BeatWatch();
  readonly overview: Question<Overview>;
  readonly releases: Question<readonly ReleaseSummary[]>;
  readonly history: Question<readonly HistoryEntry[]>;
  /** Asks every instance: begun by a person alone. */
  readonly look: Question<RunResult>;
  readonly #runs: Recent<Question<readonly RunEvent[]>>;
  readonly #facts: Recent<Question<RunFacts | null>>;
  readonly #diffs: Recent<Question<DiffAnswer>>;

  constructor(engine: ReadEngine, environment: string, ending: AbortSignal) {
    this.environment = environment;
    const of = environment === "" ? {} : { environment };
    this.overview = new Question(
      (signal) => engine.overview({ ...of, signal }),
      ending,
      storageQuestion("storage", () => overviewMs),
    );
    this.releases = new Question(
      (signal) => engine.releases({ ...of, signal }),
      ending,
      storageQuestion("the releases", () => listsMs),
    );
    this.history = new Question(
      (signal) => engine.history({ ...of, signal, limit: historyEntries }),
      ending,
      storageQuestion("the history", () => listsMs),
    );
    this.look = new Question((signal) => engine.status({ ...of, signal, drift: false }).result, ending, {
      what: "the instances",
      restMs: () => lookMs,
      limitMs: instancesLimitMs,
    });
    this.#runs = new Recent(
      mostRuns,
      (run) =>
        new Question(
          async (signal) => await allOf(engine.events({ ...of, run, signal })),
          ending,
          storageQuestion(`the events of run ${run}`, restOf),
        ),
    );
    this.#facts = new Recent(
      mostRuns,
      (run) =>
        new Question(
          async (signal) => (await gatherFacts(this.#reading(engine), { ...of, run, signal })) ?? null,
          ending,
          storageQuestion(`run ${run}`, (facts) => (facts === null ? runningMs : restOf(facts.events))),
        ),
    );
    this.#diffs = new Recent(mostDiffs, (pair) => {
      const [from = "", to = ""] = pair.split(" ");
      return new Question(
        (signal) => engine.diff({ ...of, from, to, signal }),
        ending,
        storageQuestion(`the difference between ${from} and ${to}`, () => lastingMs),
      );
    });
  }

  /** What is kept of the events of a run. */
  async run(run: string): Promise<Told<readonly RunEvent[]>> {
    return await this.#runs.of(run).told();
  }

  /** All that is known of a run; null when there is none of that id. */
  async facts(run: string): Promise<Told<RunFacts | null>> {
    return await this.#facts.of(run).told();
  }

  /** An engine whose answers are those that were given already, as long as they are good. */
  #reading(engine: ReadEngine): Reading {
    return {
      history: (request) => engine.history(request),
      logs: (request) => engine.logs(request),
      overview: async () => answered(await this.overview.told()),
      events: ({ run = "" } = {}) => eventsOf(this.run(run)),
      diff: async ({ from, to }) => answered(await this.diff(from, to)),
    };
  }

  async diff(from: string, to: string): Promise<Told<DiffAnswer>> {
    return await this.#diffs.of(`${from} ${to}`).told();
  }
}

async function* eventsOf(told: Promise<Told<readonly RunEvent[]>>): AsyncGenerator<RunEvent> {
  yield* answered(await told);
}

const allOf = async (events: AsyncIterable<RunEvent>): Promise<RunEvent[]> => {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};
