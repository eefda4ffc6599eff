import type { Redactor } from "../config/redaction.ts";
import type { NormalConfig } from "../config/types.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import type { Secret } from "../contracts/secret.ts";
import type { Revision } from "../contracts/source.ts";
import { Delivery } from "../fleet/delivery.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { type LeftRelease, leftReleaseOf } from "../fleet/left-release.ts";
import { wideController } from "../process/wide-controller.ts";
import type { RunRecord } from "../state/journal.ts";
import type { ConfirmOptions, Tenure } from "../state/lock.ts";
import type { RunLog } from "../state/run-log.ts";
import type { RunControl } from "./control.ts";
import type { KeptEvents } from "./kept-events.ts";
import type { Listeners } from "./listeners.ts";
import { type Pause, silenceLimitMs } from "./pause.ts";
import type { Providers } from "./providers.ts";
import type { Reporter } from "./reporter.ts";
import type { Stores } from "./stores.ts";

/** What every operation on an environment has in hand, whether it takes the lock or not. */
export interface Desk {
  readonly config: NormalConfig;
  readonly providers: Providers;
  readonly stores: Stores;
  readonly reporter: Reporter;
  readonly listeners: Listeners;
  /** What of all that is told is kept with the run. */
  readonly kept: KeptEvents;
  readonly control: RunControl;
  /** Private folder for what may be fetched again: artifacts, mirrors. */
  readonly cacheDirectory: string;
  /** Knows every secret of the config. */
  readonly redactor: Redactor;
}

/** A desk whose operation may change something, mostly since it holds the lock: its stores may be silent for long, as long as the run says that it is paused. */
export interface LockedDesk extends Desk {
  readonly lock: Tenure;
  readonly pause: Pause;
}

/** An operation that changes something: a deploy, a rollback, putting an open run back, mending. */
export class Operation {
  readonly desk: LockedDesk;
  readonly fleet: Fleet;
  readonly lock: Tenure;
  readonly journal: RunRecord;
  readonly log: RunLog;
  readonly delivery: Delivery;
  /** The plan that instances run: this config's, or the stored one of a rollback or resume. */
  plan: InstallPlan;
  planDigest: string | undefined;
  /** Set by `resolve`. */
  revision: Revision | undefined;
  /** The release that was desired when the run began. */
  readonly from: string | null;
  /** Whether this goes on with a run whose deployer died. */
  readonly resumed: boolean;
  /** What did run and cannot be undone. */
  readonly ran: string[] = [];
  /** Set by the first `once` that the release before cannot live with: from here nothing is put back. */
  crossed: string | undefined;
  /** Whether instances may be in maintenance although that is not recorded any more. */
  maintained = false;
  readonly secrets: Readonly<Record<string, Secret>>;
  /** Ends when the run is stopped or the lock is lost. */
  readonly signal: AbortSignal;
  readonly #pausing: ConfirmOptions;
  readonly #left = new Map<string, Promise<LeftRelease | undefined>>();

  constructor(parts: {
    desk: LockedDesk;
    fleet: Fleet;
    journal: RunRecord;
    log: RunLog;
    plan: InstallPlan;
    planDigest?: string;
    from: string | null;
    resumed: boolean;
    secrets: Readonly<Record<string, Secret>>;
  }) {
    this.desk = parts.desk;
    this.fleet = parts.fleet;
    this.lock = parts.desk.lock;
    this.journal = parts.journal;
    this.log = parts.log;
    const { config, stores, reporter } = parts.desk;
    this.delivery = new Delivery({
      config,
      storage: stores.storage,
      transport: parts.desk.providers.transport,
      reporter,
    });
    this.plan = parts.plan;
    this.planDigest = parts.planDigest;
    this.from = parts.from;
    this.resumed = parts.resumed;
    this.secrets = parts.secrets;
    this.signal = firstOf(parts.desk.control.signal, this.lock.lost);
    const { pause } = parts.desk;
    pause.drained = () => this.drained();
    this.#pausing = {
      giveUpMs: silenceLimitMs,
      onPause: (since, until) => pause.unconfirmed(since, until),
      onAnswer: () => pause.confirmed(),
    };
    this.lock.watch(this.#pausing);
  }

  get reporter(): Reporter {
    return this.desk.reporter;
  }

  get control(): RunControl {
    return this.desk.control;
  }

  get stores(): Stores {
    return this.desk.stores;
  }

  context(what: string, instance?: string): OperationContext {
    const context = this.reporter.operation(this.signal, what, instance);
    return { ...context, confirm: () => this.lock.confirm(context, this.#pausing) };
  }

  /**
   * Stands before every effect: proves that the lock is still held. While storage is silent the run pauses here
   * and says since when, until when, and which members it has drained.
   */
  async guard(): Promise<void> {
    this.control.stopPoint();
    await this.lock.confirm(this.context("lock"), this.#pausing);
  }

  /** A release that instances leave, as this environment last ran it: looked up once. */
  leftRelease(release: string): Promise<LeftRelease | undefined> {
    const known = this.#left.get(release);
    if (known !== undefined) return known;
    const found = leftReleaseOf(this.desk, release);
    this.#left.set(release, found);
    // What could not be asked now may be answered to who tries again.
    found.catch(() => this.#left.delete(release));
    return found;
  }

  /** This run has started a `once`: it is told of as what did run, and may leave no way back. */
  noteOnce(
    { name, compatible }: { readonly name: string; readonly compatible?: boolean },
    instance: string,
  ): void {
    if (compatible === false) this.crossed = name;
    const told = `${name} on ${instance}`;
    if (!this.ran.includes(told)) this.ran.push(told);
  }

  /** The members that this run has taken out of the load balancer and not yet put in again. */
  drained(): string[] {
    return this.fleet.members
      .filter(
        ({ state, loadBalancer }) => outStates.has(state) && !(state === "joining" && loadBalancer === "in"),
      )
      .map(({ id }) => id);
  }
}

/** `AbortSignal.any` may be collected before it fires on Node 20; listeners keep this one. */
const firstOf = (...signals: readonly AbortSignal[]): AbortSignal => {
  const first = wideController();
  for (const signal of signals) {
    if (signal.aborted) first.abort(signal.reason);
    signal.addEventListener("abort", () => first.abort(signal.reason), { once: true });
  }
  return first.signal;
};

const outStates: ReadonlySet<string> = new Set(["draining", "switching", "checking", "joining"]);
