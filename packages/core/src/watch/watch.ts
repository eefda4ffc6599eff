import { setTimeout as sleep } from "node:timers/promises";
import type { NormalConfig } from "../config/types.ts";
import type { WatchRequest } from "../contracts/engine-requests.ts";
import type { RunEvent, RunResult } from "../contracts/events.ts";
import type { Moment } from "../contracts/moment.ts";
import { RunControl } from "../engine/control.ts";
import type { OpenedDesk } from "../engine/desk.ts";
import { asHawserError } from "../engine/reporter.ts";
import { version } from "../engine/version.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { reconcileErrors } from "../errors/reconcile-codes.ts";
import { exitCodeOf, resultOf } from "../operations/result.ts";
import { describeHolder } from "../state/lock-state.ts";
import { Figures } from "./figures.ts";
import { FiguresServer } from "./figures-server.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import { WatchMemory } from "./memory.ts";
import { Telling } from "./telling.ts";
import { watchTurn } from "./watch-turn.ts";

const defaultIntervalMs = 15_000;
/** How often everybody is asked, whatever is known of them. */
const everybodyMs = 5 * 60_000;
/** So many failed turns, one after the other, are told of as one that is stuck. */
const stuckAfter = 3;
/** How long a turn may go on with the instances that it is at when the watch is to end. */
const lastWorkMs = 1_500;

export interface WatchParts {
  readonly request: WatchRequest;
  /** The config as it is now; what is wrong with it is thrown. */
  load(): Promise<NormalConfig>;
  open(
    config: NormalConfig,
    control: RunControl,
    sinks: readonly ((event: RunEvent) => void)[],
  ): Promise<OpenedDesk>;
  readonly control: RunControl;
  sink(event: RunEvent): void;
  /** Tells the listeners of a config. */
  announce(config: NormalConfig, event: RunEvent, moments: readonly Moment[]): void;
}

/** Reconciles in turns until it is cancelled. */
export class Watch {
  readonly #parts: WatchParts;
  readonly #memory = new WatchMemory();
  readonly #figures = new Figures();
  readonly #telling: Telling;
  readonly #lease: LeaseKeeper;
  readonly #ending = new AbortController();
  #config: NormalConfig;
  #turn: RunControl | undefined;
  #everybodyAt = 0;
  /** How many turns have failed since one did not. */
  #failedTurns = 0;

  private constructor(parts: WatchParts, config: NormalConfig) {
    this.#parts = parts;
    this.#config = config;
    this.#telling = new Telling(
      (event) => parts.sink(event),
      (event, moments) => parts.announce(this.#config, event, moments),
    );
    this.#lease = new LeaseKeeper(
      (now, control) => parts.open(now, control, []),
      (holder) =>
        this.#telling.waiting(
          `the lease, held by ${describeHolder(holder)}`,
          Date.now(),
          Date.now() + Math.round(holder.ttlMs * 1.5),
        ),
    );
    parts.control.onCancel(() => this.#end());
    if (parts.control.asked !== "nothing") this.#end();
  }

  static async run(parts: WatchParts): Promise<RunResult> {
    const { intervalMs = defaultIntervalMs } = parts.request;
    if (!(intervalMs >= 100 && intervalMs < 2 ** 31)) throw reconcileErrors.HWS_WATCH_INTERVAL([intervalMs]);
    const config = await parts.load();
    const { application, environment } = config;
    const start = { type: "start", schema: 1, version, verb: "watch", application, environment } as const;
    parts.sink({ ...start, run: null, time: Date.now() });
    return await new Watch(parts, config).#run(intervalMs);
  }

  async #run(intervalMs: number): Promise<RunResult> {
    const began = performance.now();
    const about = { config: this.#config, reporter: { warnings: [] } };
    let result: RunResult;
    try {
      await using server = await this.#serve();
      if (server !== undefined) this.#telling.say(`figures at ${server.url}`);
      await using _lease = this.#lease;
      while (!this.#ending.signal.aborted) await this.#once(intervalMs);
      result = resultOf(about, "watch", began, { outcome: "done" });
    } catch (thrown) {
      const error = asHawserError(thrown);
      const exitCode = exitCodeOf("untouched", error);
      result = resultOf(about, "watch", began, { outcome: "untouched", exitCode, error: error.report() });
    }
    this.#parts.sink({ ...result, time: Date.now() });
    return result;
  }

  async #serve(): Promise<FiguresServer | undefined> {
    const { metrics } = this.#parts.request;
    if (metrics === undefined) return undefined;
    return await FiguresServer.open(metrics, () => {
      this.#figures.leaseHeld = this.#lease.isHeld;
      return this.#figures.render(this.#config);
    });
  }

  /** One turn and the rest behind it. Nothing that fails ends a watch: it is told once, and tried again. */
  async #once(intervalMs: number): Promise<void> {
    let more = false;
    try {
      await this.#reload();
      const lease = await this.#lease.take(this.#config);
      more = await this.#takeTurn(lease);
      this.#failedTurns = 0;
    } catch (thrown) {
      if (!this.#ending.signal.aborted) this.#failed(asHawserError(thrown));
    }
    const restMs = more ? 0 : intervalMs * (0.9 + Math.random() / 5);
    await sleep(restMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }

  #failed(error: HawserError): void {
    this.#telling.trouble("the watch", error);
    this.#failedTurns += 1;
    if (this.#failedTurns === stuckAfter)
      this.#telling.stuck(reconcileErrors.HWS_WATCH_STUCK([stuckAfter, error.message], { cause: error }));
  }

  /** A config that became wrong is told of, and the one before goes on. */
  async #reload(): Promise<void> {
    try {
      this.#config = await this.#parts.load();
      this.#telling.over("the config");
    } catch (error) {
      this.#telling.trouble("the config", asHawserError(error));
    }
  }

  async #takeTurn(lease: Awaited<ReturnType<LeaseKeeper["take"]>>): Promise<boolean> {
    const now = performance.now();
    if (now >= this.#everybodyAt) {
      this.#memory.forgetWell();
      this.#everybodyAt = now + everybodyMs;
    }
    this.#turn = new RunControl();
    if (this.#ending.signal.aborted) this.#turn.cancel("stop");
    try {
      const opened = await this.#parts.open(this.#config, this.#turn, [this.#telling.turn()]);
      const parts = { lease, memory: this.#memory, figures: this.#figures, telling: this.#telling };
      try {
        return await watchTurn(opened.desk, parts);
      } finally {
        await Promise.resolve(opened[Symbol.asyncDispose]()).catch(() => undefined);
      }
    } catch (error) {
      // What did not answer may have changed meanwhile in ways that a cheap look does not show.
      if (!HawserError.is(error, "HWS_RUN_CANCELLED")) this.#memory.forgetWell();
      throw error;
    } finally {
      this.#turn = undefined;
    }
  }

  /** No further instance is begun; what is under way has a moment, then it stops where nothing is half-done. */
  #end(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#lease.stop();
    const turn = this.#turn;
    turn?.cancel("putBack");
    setTimeout(() => turn?.cancel("stop"), lastWorkMs).unref();
  }
}
