import type { RunEvent, RunResult } from "../contracts/events.ts";
import type { EventSubject } from "../contracts/listener.ts";
import type { Moment } from "../contracts/moment.ts";
import { thisOwner } from "../state/owner.ts";

/** Outcomes that are moments of the same name. */
const outcomes: ReadonlySet<string> = new Set(["putBack", "split", "interrupted", "incomplete"]);

const momentsOf = (result: RunResult, begun: boolean): Moment[] => {
  const found: Moment[] = [];
  // What ended well and never was a run, as `drain` or a `reconcile` with nothing to do, is no news.
  if (begun && (result.outcome === "done" || result.outcome === "unchanged")) found.push(result.outcome);
  if (!result.ok) found.push("failed");
  if (outcomes.has(result.outcome)) found.push(result.outcome as Moment);
  if (result.verb === "rollback" && result.outcome === "done") found.push("rolledBack");
  if (result.error?.code === "HWS_HOLD_HELD") found.push("held");
  if (result.open === true) found.push("stuck");
  return found;
};

/** Follows the events of one operation: what each means, and what it is about. */
export class Moments {
  #subject: EventSubject;
  #begun = false;
  readonly #looks: boolean;

  /** `looks`: the operation changes nothing, and so has no moments. */
  constructor(about: Pick<EventSubject, "application" | "environment" | "verb">, looks: boolean) {
    const { user, host, ci } = thisOwner();
    this.#subject = {
      ...about,
      run: null,
      release: null,
      from: null,
      revision: null,
      who: { user, host },
      ...(ci !== undefined && { ci }),
    };
    this.#looks = looks;
  }

  /** What is known behind the last event. */
  get subject(): EventSubject {
    return this.#subject;
  }

  of(event: RunEvent): readonly Moment[] {
    this.#learn(event);
    if (this.#looks) return [];
    if (event.type === "run") return ["started"];
    return event.type === "result" ? momentsOf(event, this.#begun) : [];
  }

  #learn(event: RunEvent): void {
    if (event.type === "start") this.#subject = { ...this.#subject, verb: event.verb, run: event.run };
    else if (event.type === "run") {
      this.#begun = true;
      this.#subject = { ...this.#subject, run: event.run, from: event.from };
    } else if (event.type === "step") {
      const { revision = this.#subject.revision, release = this.#subject.release } = event;
      this.#subject = { ...this.#subject, revision, release };
    } else if (event.type === "result") {
      const { verb, release, from, revision } = event;
      const run = event.run ?? this.#subject.run;
      this.#subject = { ...this.#subject, verb, run, release, from, revision };
    }
  }
}
