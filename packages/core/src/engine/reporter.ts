import type { Logger, OperationContext, Problem } from "../contracts/common.ts";
import type { ErrorReport, InstanceState, RunEvent, RunResult } from "../contracts/events.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import type { FleetMember } from "../fleet/member.ts";
import { Waits } from "./waits.ts";

type Bare<T> = T extends unknown ? Omit<T, "time"> : never;

/** Says what a run does: stamps the time, redacts, hands events to whoever listens, and keeps the warnings. */
export class Reporter {
  readonly warnings: ErrorReport[] = [];
  readonly logger: Logger;
  readonly #sinks: ((event: RunEvent) => void)[];
  readonly #redact: <T>(value: T) => T;
  readonly #log: Logger | undefined;
  readonly #waits: Waits;

  constructor(
    sinks: ((event: RunEvent) => void)[],
    redact: <T>(value: T) => T,
    logger?: Logger,
    waits: Waits = new Waits(),
  ) {
    this.#sinks = sinks;
    this.#waits = waits;
    this.#redact = redact;
    this.#log = logger;
    this.logger = {
      debug: (message, fields) => logger?.debug(redact(message), redact(fields)),
      info: (message, fields) => logger?.info(redact(message), redact(fields)),
      warn: (message) => this.warn({ code: "HWS_PLUGIN_WARNING", message }),
    };
  }

  emit(event: Bare<RunEvent>): void {
    this.#say(event);
  }

  #say<E extends Bare<RunEvent>>(event: E): E & { readonly time: number } {
    const stamped = this.#redact({ ...event, time: Date.now() });
    for (const sink of this.#sinks) sink(stamped as RunEvent);
    return stamped;
  }

  /** Says the result and gives it as it was said. */
  lastWord(result: RunResult): RunResult {
    const said = this.#redact(result);
    this.#waits.end();
    this.emit(said);
    return said;
  }

  warn(report: ErrorReport): void {
    this.warnings.push(this.#redact(report));
    this.emit({ type: "warning", ...report });
  }

  warnProblem(problem: Problem): void {
    const { code, message, hint, where } = problem;
    this.warn({
      code,
      message,
      ...(hint !== undefined && { hint }),
      ...(where !== undefined && { instance: where }),
    });
  }

  /** What shows itself behind the run's last word: for the log alone. */
  afterwards(message: string): void {
    this.#log?.warn(this.#redact(message));
  }

  /** A failure that does not end the run. */
  warnError(error: unknown, where: { instance?: string; step?: string } = {}): void {
    this.warn(asHawserError(error).stamp(where).report());
  }

  instance(member: FleetMember, state?: InstanceState, detail?: string): void {
    if (state !== undefined) member.state = state;
    this.emit({
      type: "instance",
      instance: member.id,
      roles: member.instance.roles,
      state: member.state,
      release: member.release,
      ...(member.loadBalancer !== undefined && { loadBalancer: member.loadBalancer }),
      ...(member.healthy !== undefined && { healthy: member.healthy }),
      ...(member.bytes > 0 && { bytes: member.bytes }),
      ...(member.via !== undefined && { via: member.via }),
      ...(detail !== undefined && { detail }),
    });
  }

  /** A wait that nobody asked for. What it gives is to be called when the wait is over: one that lasts is told of again. */
  waiting(what: string, since: number, until: number, instances: readonly string[] = []): () => void {
    return this.#waits.begin(this.#say({ type: "waiting", what, since, until, instances }));
  }

  /** A wait that the config asks for. */
  resting(what: string, since: number, until: number, instances: readonly string[]): void {
    this.emit({ type: "waiting", what, since, until, instances });
  }

  /** The context of one call of a seam. */
  operation(signal: AbortSignal, what: string, instance?: string): OperationContext {
    let last = 0;
    return {
      signal,
      logger: this.logger,
      progress: ({ bytes, total }) => {
        const now = Date.now();
        if (now - last < 100 && bytes !== total) return;
        last = now;
        this.emit({
          type: "progress",
          what,
          bytes,
          ...(total !== undefined && { total }),
          ...(instance !== undefined && { instance }),
        });
      },
    };
  }
}

/** Whatever was thrown, as an error of the catalogue. */
export const asHawserError = (error: unknown): HawserError =>
  HawserError.is(error)
    ? error
    : engineErrors.HWS_INTERNAL([error instanceof Error ? error.message : String(error)], { cause: error });
