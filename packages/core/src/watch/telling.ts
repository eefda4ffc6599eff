import type { RunEvent } from "../contracts/events.ts";
import type { Moment } from "../contracts/moment.ts";
import type { HawserError } from "../errors/hawser-error.ts";

type Sink = (event: RunEvent) => void;
type Announce = (event: RunEvent, moments: readonly Moment[]) => void;

/** What a look alone says of an instance. */
const looks: ReadonlySet<string> = new Set(["surveyed", "active", "unreachable"]);
/** What a turn of its own repeats each time. */
const repeated: ReadonlySet<string> = new Set(["start", "result", "waiting", "progress"]);

/**
 * What a watch says: each thing that it does, and of what does not answer once that it began and once that it ended.
 * What a turn only looked at is not told.
 */
export class Telling {
  readonly #sink: Sink;
  readonly #announce: Announce;
  /** What does not answer now, by whom: told already. */
  readonly #told = new Map<string, string>();

  /** `announce` tells listeners what a turn's own reporter does not say. */
  constructor(sink: Sink, announce: Announce = () => {}) {
    this.#sink = sink;
    this.#announce = announce;
  }

  /** The sink of one turn. */
  turn(): Sink {
    const worked = new Set<string>();
    return (event) => {
      if (repeated.has(event.type)) return;
      if (event.type === "instance") {
        if (!looks.has(event.state)) worked.add(event.instance);
        else if (!worked.has(event.instance) || event.state === "surveyed") return;
      }
      this.#sink(event);
    };
  }

  /** Something does not answer, or cannot be mended: told when it is new, or another thing than before. */
  trouble(whose: string, error: HawserError): void {
    if (this.#told.get(whose) === error.code) return;
    this.#told.set(whose, error.code);
    this.#warn(error, "failed");
  }

  /** It goes on so, and somebody should look. */
  stuck(error: HawserError): void {
    this.#warn(error, "stuck");
  }

  #warn(error: HawserError, moment: Moment): void {
    const warning = { type: "warning", time: Date.now(), ...error.report() } as const;
    this.#sink(warning);
    this.#announce(warning, [moment]);
  }

  /** It is over, if it ever was told. */
  over(whose: string): void {
    if (!this.#told.delete(whose)) return;
    this.say(`${whose} is well again`);
  }

  /** Whose troubles are not told any more, since they are gone. */
  keepOnly(whose: (name: string) => boolean): void {
    for (const name of this.#told.keys()) if (!whose(name)) this.#told.delete(name);
  }

  say(detail: string): void {
    this.#sink({ type: "step", time: Date.now(), step: "watch", phase: "done", detail });
  }

  waiting(what: string, since: number, until: number): void {
    this.#sink({ type: "waiting", time: Date.now(), what, since, until, instances: [] });
  }
}
