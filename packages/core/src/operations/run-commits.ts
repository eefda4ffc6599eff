import type { OperationContext } from "../contracts/common.ts";
import type { HistoryEntry } from "../contracts/engine-reports.ts";
import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { commitsBetween } from "./commits.ts";

/** The most commits that are told of one run. */
const limit = 50;

/** Which commits runs brought. A source that does not answer now is asked once and no more. */
export class RunCommits {
  readonly #desk: Desk;
  readonly #context: OperationContext;
  readonly #revisions = new Map<string, Promise<string>>();
  #away: string | undefined;

  constructor(desk: Desk, context: OperationContext) {
    this.#desk = desk;
    this.#context = context;
  }

  async of({
    run,
    from,
    to,
  }: HistoryEntry): Promise<Pick<HistoryEntry, "changes" | "takenBack" | "unknown">> {
    if (run === null || from === null || to === null || from === to) return {};
    if (this.#away !== undefined) return { changes: [], unknown: this.#away };
    try {
      const between = { from: await this.#revisionOf(from), to: await this.#revisionOf(to), limit };
      const { error, ...commits } = await commitsBetween(this.#desk, between, this.#context);
      if (error?.retryable === true) this.#away = commits.unknown;
      return commits;
    } catch (thrown) {
      this.#desk.control.signal.throwIfAborted();
      return { changes: [], unknown: asHawserError(thrown).message };
    }
  }

  #revisionOf(release: string): Promise<string> {
    const known = this.#revisions.get(release) ?? this.#read(release);
    this.#revisions.set(release, known);
    return known;
  }

  async #read(release: string): Promise<string> {
    const found = await this.#desk.stores.releases.get(release, this.#context);
    if (found === undefined) throw engineErrors.HWS_RELEASE_UNKNOWN([release]);
    return found.record.revision.id;
  }
}
