import type { NormalConfig } from "../config/types.ts";
import type { Problem } from "../contracts/common.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { Moment } from "../contracts/moment.ts";
import type { PluginContext } from "../contracts/plugin-context.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { Ear } from "./ear.ts";
import type { Moments } from "./moments.ts";
import { asHawserError, type Reporter } from "./reporter.ts";

/** Those who hear what a run does. None can break or delay it: what one throws is told once, as a warning. */
export class Listeners implements AsyncDisposable {
  readonly #ears = new Map<string, Ear>();
  readonly #moments: Moments;
  #over = false;

  /** Listeners are made beside the run: it waits for none of them. */
  constructor(
    blocks: NormalConfig["listeners"],
    contextOf: (block: string) => PluginContext,
    parts: { readonly moments: Moments; readonly reporter: () => Reporter },
  ) {
    this.#moments = parts.moments;
    for (const [index, { plugin, options, on }] of blocks.entries()) {
      const place = `listeners.${index}`;
      const name = `${place} (${plugin.name})`;
      const ear = new Ear({
        make: () => plugin.create(options as never, contextOf(place)),
        on: on ?? plugin.hears?.(options as never),
        context: (signal, about) => ({ ...parts.reporter().operation(signal, name), ...about }),
        failed: (error) => this.#failed(parts.reporter(), name, error),
      });
      this.#ears.set(place, ear);
    }
  }

  hear(event: RunEvent): void {
    this.tell(event, this.#moments.of(event));
    // Behind a run's last word nothing more is said of it.
    if (event.type === "result") this.#over = true;
  }

  /** An event that means something by what came before it. */
  tell(event: RunEvent, moments: readonly Moment[]): void {
    const { subject } = this.#moments;
    for (const ear of this.#ears.values()) ear.hear({ event, about: { moments, subject } });
  }

  /** What listeners find wrong with themselves: no reason to stop a run. */
  async problems(reporter: Reporter, signal: AbortSignal): Promise<readonly Problem[]> {
    const found = await Promise.all(
      [...this.#ears].map(async ([where, ear]): Promise<Problem[]> => {
        try {
          const problems = await ear.check(reporter.operation(signal, `check ${where}`));
          return problems.map((problem) => ({
            ...problem,
            where: problem.where ?? where,
            severity: "warning",
          }));
        } catch (error) {
          return [{ ...asHawserError(error).report(), where, severity: "warning" }];
        }
      }),
    );
    return found.flat();
  }

  #failed(reporter: Reporter, name: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const failure = engineErrors.HWS_LISTENER_FAILED([name, why], { cause: error });
    if (this.#over) reporter.afterwards(failure.message);
    else reporter.warnError(failure);
  }

  /** Lets listeners end what they began, within their limit. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = await Promise.allSettled([...this.#ears.values()].map((ear) => ear.close()));
    const failed = ended.find((end) => end.status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }
}
