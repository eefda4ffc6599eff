import type { Outcome } from "../contracts/events.ts";
import type { Account } from "../reconcile/account.ts";

const kinds = ["start", "update", "join", "departed", "rejoined"] as const;
const outcomes = ["done", "unchanged", "untouched", "incomplete", "split", "interrupted"] as const;

const label = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');

const counted = (names: readonly string[]): Map<string, number> => new Map(names.map((name) => [name, 0]));

/** The figures of one watch: counters that rise, and how things stood after the last turn. */
export class Figures {
  readonly #turns = counted(outcomes);
  readonly #mends = counted(kinds);
  #failures = 0;
  #lastSuccess: number | undefined;
  #instances: readonly (readonly [string, number])[] = [];
  #desired: { readonly release: string; readonly version: number } | undefined;
  leaseHeld = false;

  /** Counts a turn and how it ended. */
  count(outcome: Outcome, account: Account): void {
    this.#turns.set(outcome, (this.#turns.get(outcome) ?? 0) + 1);
    for (const need of account.mended.values()) this.#add(need, 1);
    this.#add("departed", account.departed.length);
    this.#add("rejoined", account.rejoined.length);
    this.#failures += account.failed.size;
    if (outcome === "done" || outcome === "unchanged") this.#lastSuccess = Date.now() / 1000;
    const { release, version } = account;
    this.#desired = release === undefined ? undefined : { release, version };
  }

  /** How many of the instances are in which state. */
  stand(instances: Readonly<Record<string, number>>): void {
    this.#instances = Object.entries(instances);
  }

  #add(kind: (typeof kinds)[number], by: number): void {
    this.#mends.set(kind, (this.#mends.get(kind) ?? 0) + by);
  }

  /** OpenMetrics 1.0 text. */
  render({
    application,
    environment,
  }: {
    readonly application: string;
    readonly environment: string;
  }): string {
    const of = `application="${label(application)}",environment="${label(environment)}"`;
    const family = (name: string, type: string, help: string, samples: readonly string[]): string[] => [
      `# TYPE ${name} ${type}`,
      `# HELP ${name} ${help}`,
      ...samples,
    ];
    const each = (name: string, key: string, values: Iterable<readonly [string, number]>): string[] =>
      [...values].map(([value, count]) => `${name}{${of},${key}="${label(value)}"} ${count}`);
    const desired = this.#desired;
    return [
      ...family(
        "hawser_instances",
        "gauge",
        "Instances of the inventory by how the watch knows them.",
        each("hawser_instances", "state", this.#instances),
      ),
      ...family(
        "hawser_desired",
        "info",
        "The release that is desired.",
        desired === undefined
          ? []
          : [`hawser_desired_info{${of},release="${desired.release}",version="${desired.version}"} 1`],
      ),
      ...family(
        "hawser_watch_turns",
        "counter",
        "Turns by how they ended.",
        each("hawser_watch_turns_total", "outcome", this.#turns),
      ),
      ...family(
        "hawser_watch_mends",
        "counter",
        "What was mended, by kind.",
        each("hawser_watch_mends_total", "kind", this.#mends),
      ),
      ...family(
        "hawser_watch_failures",
        "counter",
        "Instances that could not be mended, counted each time.",
        [`hawser_watch_failures_total{${of}} ${this.#failures}`],
      ),
      ...family(
        "hawser_watch_last_success_timestamp_seconds",
        "gauge",
        "When a turn last left everything as desired, seconds since 1970.",
        this.#lastSuccess === undefined
          ? []
          : [`hawser_watch_last_success_timestamp_seconds{${of}} ${this.#lastSuccess.toFixed(3)}`],
      ),
      ...family("hawser_watch_lease_held", "gauge", "1 while this watch has the lease.", [
        `hawser_watch_lease_held{${of}} ${this.leaseHeld ? 1 : 0}`,
      ]),
      "# EOF",
      "",
    ].join("\n");
  }
}
