import type { Problem } from "./common.ts";
import type {
  DiffAnswer,
  FsckReport,
  HistoryEntry,
  HoldAnswer,
  LogEntry,
  PinAnswer,
  Provision,
  ReleaseSummary,
  SignReport,
} from "./engine-reports.ts";
import type {
  DeployRequest,
  DrainRequest,
  EngineRequest,
  ExecRequest,
  HistoryRequest,
  HoldRequest,
  LockRequest,
  LogsRequest,
  MaintenanceRequest,
  PinRequest,
  PlanRequest,
  ProvisionRequest,
  ReconcileRequest,
  ReleasesRequest,
  RollbackRequest,
  SignRequest,
  StatusRequest,
  UndrainRequest,
  UnholdRequest,
  WatchRequest,
} from "./engine-requests.ts";
import type { RunEvent, RunResult } from "./events.ts";
import type { FlowReport } from "./flow-report.ts";
import type { Overview } from "./overview.ts";

/** One execution of an operation; it has already started. */
export interface Run extends AsyncIterable<RunEvent> {
  /** The result; also that of a failed run. Rejects only on misuse of the library. */
  readonly result: Promise<RunResult>;
  /**
   * First call: starts no new wave, puts back what was switched, ends. Second call: stops at the next safe point,
   * frees the lock and leaves an open run. `stop`: as the second call at once.
   */
  cancel(how?: "putBack" | "stop"): void;
}

/** The engine that the command line uses; every verb is a method. Disposing it frees all it holds. */
export interface Engine extends AsyncDisposable {
  deploy(request?: DeployRequest): Run;
  rollback(request?: RollbackRequest): Run;
  /**
   * Compares what is desired with inventory, instances and load balancers once, and mends it: newcomers are started,
   * outdated ones updated, vanished ones removed, those that an earlier run left out put in again. Never changes what is
   * desired. Where nothing is to be mended it takes no lock and writes nothing.
   */
  reconcile(request?: ReconcileRequest): Run;
  /**
   * Reconciles in turns until it is cancelled; the result is then `done`. One watch at a time has the lease of an
   * environment, others stand by. It goes on when storage, inventory or a load balancer do not answer.
   */
  watch(request?: WatchRequest): Run;
  /** What a deploy would do. Takes no lock and changes nothing. */
  plan(request?: PlanRequest): Run;
  /** The table of a deploy, each step and command with who put it there. Reads the config alone and asks nobody. */
  steps(request?: EngineRequest): Promise<FlowReport>;
  /** What every instance runs, its health, load balancer state and drift. Takes no lock and changes nothing. */
  status(request?: StatusRequest): Run;
  /** Removes what retention no longer keeps, from instances, storage and the deployer's cache. */
  prune(request?: LockRequest & { readonly dryRun?: boolean }): Run;
  /** The environments of the config, in its order; when it defines none, the top level alone, whose name is empty. */
  environments(): Promise<readonly string[]>;
  /**
   * What storage says of an environment, and nobody else is asked: what is desired, who has the lock, what is held, drained, or
   * left open. Takes no lock and changes nothing. Of what is damaged the rest is told, with a warning.
   */
  overview(request?: EngineRequest): Promise<Overview>;
  /** What is stored, newest first. */
  releases(request?: ReleasesRequest): Promise<readonly ReleaseSummary[]>;
  /** What runs did, and what people did beside them, newest first. */
  history(request?: HistoryRequest): Promise<readonly HistoryEntry[]>;
  /** The kept output of a run (default: the last one), oldest first. */
  logs(request?: LogsRequest): AsyncIterable<LogEntry>;
  /**
   * What a run told while it went on (default: the last one), oldest first: the events that its deployer gave, and those of who
   * resumed it behind them, all but `progress` and `output`. They are stored every 5 s and before the run's result resolves. Of
   * a run that an earlier Hawser made there are none.
   */
  events(request?: EngineRequest & { readonly run?: string }): AsyncIterable<RunEvent>;
  /** What differs between two releases, each named by its id or by the environment that has it in service. */
  diff(request: EngineRequest & { readonly from: string; readonly to: string }): Promise<DiffAnswer>;
  /** Checks every instance, tool and provider. */
  doctor(request?: EngineRequest): Promise<readonly Problem[]>;
  /**
   * What a machine image or cloud-init needs so that new instances provision themselves from storage alone. Changes
   * nothing, and refuses what could not work or would be unsafe.
   */
  provision(request?: ProvisionRequest): Promise<Provision>;
  /** Stores the installer's secrets for new instances, signed, and sealed to `encryption.recipients`. */
  publishSecrets(request?: EngineRequest): Promise<{ readonly names: readonly string[] }>;
  /**
   * Keeps a release: no retention removes it, from storage or from an instance, until it is unpinned. Takes no lock. A
   * release that is pinned keeps the pin that it has.
   */
  pin(request: PinRequest): Promise<PinAnswer>;
  unpin(request: PinRequest): Promise<PinAnswer>;
  /**
   * Stops deploys of the environment, also one under way before its next wave; never a rollback, never putting back.
   * Takes no lock. A hold in force is replaced by one that ends no earlier.
   */
  hold(request: HoldRequest): Promise<HoldAnswer>;
  unhold(request?: UnholdRequest): Promise<HoldAnswer>;
  /**
   * Takes instances out of the load balancers: no run puts them in again until `undrain`, though runs bring them up to date. Takes
   * no lock. Too few healthy members left is `HWS_DRAIN_LAST`, and nothing is changed.
   */
  drain(request: DrainRequest): Run;
  /** Puts instances in again that run the desired release and are healthy. Takes no lock. */
  undrain(request: UndrainRequest): Run;
  /**
   * Puts the application into maintenance, or takes it out: records it, and runs the commands of the install plan for it on every
   * instance that runs a release. May be called twice. Under the lock, for a moment. A plan without such commands is
   * `HWS_MAINTENANCE_NONE`. Where a command fails it stays recorded as on, and the result says on which instance.
   */
  maintenance(request: MaintenanceRequest): Run;
  /**
   * Runs a program in `current` of instances, as the application's user and in its environment. Takes no lock. The result has an
   * exit code for each instance. A cancel ends the waiting, not the program.
   */
  exec(request: ExecRequest): Run;
  /** Reads back everything of the application in storage, by the piece. Takes no lock and changes nothing. */
  fsck(request?: EngineRequest): Promise<FsckReport>;
  /** Signs with the present key what is stored; what nobody is known to have vouched for is left and told of. */
  sign(request?: SignRequest): Promise<SignReport>;
  /** Frees a lock whose owner is known to be dead. `id` is the holder's lock id. */
  unlock(request: EngineRequest & { readonly id: string }): Promise<void>;
}
