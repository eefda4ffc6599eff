import type { LoadResponse, LoadResult } from "@hawser/testkit";

/** What came of the load on a real application. */
export interface LoadReport {
  readonly requests: number;
  /** Everything but a good answer; a mixed answer is one of them. */
  readonly failed: number;
  /** Answers whose two files were of two releases. */
  readonly mixes: number;
  /** Each kind of failure with its count. */
  readonly errors: readonly string[];
  /** Answers of another release to requests that were sent, and answered, after a run had put one into service everywhere. */
  readonly stale: readonly string[];
  /** Good and bad answers by the release that they name. */
  readonly releases: Readonly<Record<string, number>>;
  /** For people. */
  readonly figures: string;
}

/** The name of the period in which a run changes what is in service. */
export const changing = "changing";

const mixed = "mixed answer";

/** A good answer has status 200, names its release in the header, and begins with two words `v<number>` that are the same. It is run in the clients' process, so it may use nothing from here. */
export const faultOf = ({ status, headers, body }: LoadResponse): string | undefined => {
  const [one, two] = body.trim().split(/\s+/);
  if (status !== 200) return `status ${status}`;
  if (one === undefined || !/^v[0-9]+$/.test(one))
    return `no answer of the application: ${body.slice(0, 80)}`;
  if (one !== two) return `mixed answer: ${one} ${two}`;
  return headers["x-release"] === undefined ? "no release in the header" : undefined;
};

const countOf = (error: string): number => Number(error.split(" ", 1)[0]);

export const reportOf = (result: LoadResult): LoadReport => {
  const { requests, failed, reconnected, errors, byRelease, byPeriod, p50, p99 } = result;
  const stale = byPeriod
    .filter(({ from, to }) => from === to && from !== changing && from !== "")
    .flatMap(({ from, byRelease: answered }) =>
      Object.entries(answered)
        .filter(([release]) => release !== from)
        .map(([release, count]) => `${count} x ${release} while ${from} was in service`),
    );
  const each = Object.entries(byRelease).map(([release, count]) => `${release} ${count}`);
  return {
    requests,
    failed,
    mixes: errors.filter((error) => error.includes(mixed)).reduce((sum, error) => sum + countOf(error), 0),
    errors,
    stale,
    releases: byRelease,
    figures: `${requests} requests, ${failed} failed, ${reconnected} sent again, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; by release: ${each.join(", ")}`,
  };
};
