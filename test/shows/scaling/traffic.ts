import { type Load, type LoadResult, startLoad } from "@hawser/testkit";

/** One answer holds two files of a release, read one after the other: both must name the same revision. */
const fromOneRelease = ({ body }: { readonly body: string }): string | undefined => {
  const [one, two] = body.trim().split(" ");
  return one !== undefined && /^[0-9a-f]{40}$/.test(one) && one === two ? undefined : `mixed answer: ${body}`;
};

type Release = string | null | undefined;

/** A part of the traffic, and the releases that may answer while it lasts. */
export class Period {
  readonly name: string;
  readonly #allowed = new Set<Release>();

  constructor(name: string, allowed: readonly Release[]) {
    this.name = name;
    this.allow(...allowed);
  }

  /** Also known later, when the release has a name. */
  allow(...releases: readonly Release[]): void {
    for (const release of releases) this.#allowed.add(release);
  }

  allows(release: string): boolean {
    return this.#allowed.has(release);
  }
}

/** What clients saw, beside the answers that no release of the time can have given. */
export interface Witnessed {
  readonly load: LoadResult;
  readonly strange: readonly string[];
}

/** Requests without pause to an address, in periods that each allow some releases to answer. */
export class Traffic implements AsyncDisposable {
  readonly #load: Load;
  readonly #periods: Period[] = [];

  private constructor(load: Load) {
    this.#load = load;
  }

  static async start(url: string): Promise<Traffic> {
    const load = startLoad({ url: `${url}/__release?gap=2`, rate: 60, validate: fromOneRelease });
    await load.flowing;
    return new Traffic(load);
  }

  /** From here until the next period, requests are answered by these releases only. */
  async begin(name: string, ...allowed: readonly Release[]): Promise<Period> {
    const period = new Period(name, allowed);
    this.#periods.push(period);
    await this.#load.period(name);
    return period;
  }

  /** An answer may have begun in one period and ended in a later one: any of them may allow it. */
  async end(): Promise<Witnessed> {
    const load = await this.#load.stop();
    const at = (name: string): number => this.#periods.findIndex((period) => period.name === name);
    const strange = load.byPeriod
      .filter(({ from }) => from !== "")
      .flatMap(({ from, to, byRelease }) => {
        const during = this.#periods.slice(at(from), at(to) + 1);
        return Object.entries(byRelease)
          .filter(([release]) => !during.some((period) => period.allows(release)))
          .map(([release, count]) => `${count} answers of ${release} from ${from} to ${to}`);
      });
    return { load, strange };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#load[Symbol.asyncDispose]());
  }
}

export const figures = ({ load: { requests, failed, p50, p99, byRelease } }: Witnessed): string =>
  `${requests} requests, ${failed} failed, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; by release: ${JSON.stringify(byRelease)}`;

/** What is wrong with what clients saw; empty when nothing is. */
export const complaints = ({ load, strange }: Witnessed): readonly string[] => [...load.errors, ...strange];
