import { type LoadResult, startLoad } from "@hawser/testkit";
import type { ReaderResult } from "./reader.ts";
import type { Stage } from "./stage.ts";

/** What clients and readers saw while something went on. */
export interface Seen {
  readonly load: LoadResult;
  readonly reads: number;
  /** Reads that missed a release or a file of it, by instance. */
  readonly missed: readonly string[];
  /** Reads and answers that mixed two releases. */
  readonly mixed: readonly string[];
}

/** A client asks through the load balancer and a reader on each instance reads `current` without pause, until `stop`. */
export interface Witnesses extends AsyncDisposable {
  stop(): Promise<Seen>;
}

/** One answer holds two files of a release, read one after the other: both must name the same revision. */
const fromOneRelease = ({ body }: { readonly body: string }): string | undefined => {
  const [one, two] = body.trim().split(" ");
  return one !== undefined && /^[0-9a-f]{40}$/.test(one) && one === two ? undefined : `mixed answer: ${body}`;
};

const told = (results: readonly ReaderResult[], stage: Stage, what: "missed" | "mixed"): string[] =>
  results.flatMap((result, index) =>
    result[what].map((each) => `${stage.fleet.instances[index]?.id}: ${each}`),
  );

/** Starts to watch a stage that has a release. */
export const startWitnesses = async (stage: Stage): Promise<Witnesses> => {
  const load = startLoad({ url: `${stage.url}/__release?gap=2`, rate: 50, validate: fromOneRelease });
  const readers = await Promise.all(stage.fleet.instances.map(({ id }) => stage.reader(id)));
  await load.flowing;
  return {
    stop: async () => {
      const results = await Promise.all(readers.map((reader) => reader.stop()));
      return {
        load: await load.stop(),
        reads: results.reduce((sum, { reads }) => sum + reads, 0),
        missed: told(results, stage, "missed"),
        mixed: told(results, stage, "mixed"),
      };
    },
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  };
};
